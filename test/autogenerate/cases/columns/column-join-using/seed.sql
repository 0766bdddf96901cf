INSERT INTO joined VALUES (1, 'x', 'yy', '7'); INSERT INTO event VALUES (1, '2026-01-01', 'abc');
