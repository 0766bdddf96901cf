CREATE TABLE item (id int);
CREATE VIEW kinds AS SELECT s.kind FROM (SELECT id, 'x' AS kind FROM item UNION ALL SELECT 0, 'y AS y') s(i, kind);
