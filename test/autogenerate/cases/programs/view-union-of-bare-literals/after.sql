CREATE TABLE item (id bigint);
CREATE VIEW kinds AS SELECT s.kind FROM (SELECT id, 'x'::text FROM item UNION ALL SELECT 0, 'y' UNION ALL SELECT 1, 'z'::name) s(i, kind);
CREATE MATERIALIZED VIEW roles AS SELECT r.name FROM (SELECT rolname FROM pg_roles UNION SELECT 'PUBLIC') r(name);
