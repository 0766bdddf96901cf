INSERT INTO rfx_user.t VALUES (1, 1);
