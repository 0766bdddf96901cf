INSERT INTO rfx_user.station VALUES (1), (2);
INSERT INTO rfx_user.reading VALUES (1, '2024-01-01');
INSERT INTO rfx_user.reading_old VALUES (2, '2024-01-01');
