INSERT INTO rfx_user.account VALUES (1);
