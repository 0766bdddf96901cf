INSERT INTO rfx_user.t VALUES (1, 1);
INSERT INTO rfx_user.s VALUES (1, 3);
