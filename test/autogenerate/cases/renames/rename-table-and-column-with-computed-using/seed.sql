INSERT INTO rfx_user.t VALUES (1, 'four');
