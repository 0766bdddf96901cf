INSERT INTO event (at) SELECT '2026-01-01' FROM generate_series(1, 9); DELETE FROM event WHERE id > 5;
INSERT INTO visit (at) SELECT '2026-01-01' FROM generate_series(1, 3);
INSERT INTO call VALUES (7, '2026-01-01');
