INSERT INTO rfx_user.p (s) VALUES ('a'); INSERT INTO rfx_user.c VALUES (1, 1);
