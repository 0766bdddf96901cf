INSERT INTO rfx_user.par VALUES (1, NULL); INSERT INTO rfx_user.chi VALUES (2, 'x', 3);
