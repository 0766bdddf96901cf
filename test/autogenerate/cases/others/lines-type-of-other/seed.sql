INSERT INTO rfx_policy.t VALUES (1, 'a');
