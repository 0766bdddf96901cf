INSERT INTO rfx_user.t VALUES (1, '1', 1, true); INSERT INTO rfx_user.u VALUES (1, 'a');
