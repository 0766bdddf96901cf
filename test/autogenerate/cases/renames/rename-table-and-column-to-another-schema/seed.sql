INSERT INTO rfx_user.p (id, s) VALUES (1, 'a');
