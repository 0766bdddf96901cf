INSERT INTO rfx_user.k VALUES (1, 1);
INSERT INTO rfx_user.r VALUES (1);
INSERT INTO rfx_user.p VALUES (1, 1);
INSERT INTO rfx_user.q VALUES (1);
