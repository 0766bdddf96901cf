INSERT INTO rfx_user.station VALUES (1), (2);
INSERT INTO rfx_user.reading VALUES (1, '2024-01-01');
