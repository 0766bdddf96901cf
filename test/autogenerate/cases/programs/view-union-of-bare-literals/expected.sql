-- upgrade
DROP VIEW rfx_user.kinds;
ALTER TABLE rfx_user.item ALTER COLUMN id TYPE bigint;
CREATE VIEW rfx_user.kinds AS
 SELECT kind
   FROM ( SELECT item.id,
            'x'::text AS text
           FROM rfx_user.item
        UNION ALL
         SELECT 0,
            'y'::text
        UNION ALL
         SELECT 1,
            'z'::name AS name) s(i, kind);
CREATE MATERIALIZED VIEW rfx_user.roles AS
 SELECT name
   FROM ( SELECT pg_roles.rolname
           FROM pg_roles
        UNION
         SELECT 'PUBLIC'::name) r(name);
DROP MATERIALIZED VIEW rfx_user.roles;
CREATE OR REPLACE VIEW rfx_user.kinds AS
 SELECT kind
   FROM ( SELECT item.id,
            'x'::text AS text
           FROM rfx_user.item
        UNION ALL
         SELECT 0,
            'y'::text AS "?column?"
        UNION ALL
         SELECT 1,
            'z'::name AS name) s(i, kind);
CREATE MATERIALIZED VIEW rfx_user.roles AS
 SELECT name
   FROM ( SELECT pg_roles.rolname
           FROM pg_roles
        UNION
         SELECT 'PUBLIC'::name AS "?column?") r(name);

-- downgrade
DROP MATERIALIZED VIEW rfx_user.roles;
DROP VIEW rfx_user.kinds;
ALTER TABLE rfx_user.item ALTER COLUMN id TYPE integer;
CREATE VIEW rfx_user.kinds AS
 SELECT kind
   FROM ( SELECT item.id,
            'x'::text AS kind
           FROM rfx_user.item
        UNION ALL
         SELECT 0,
            'y AS y'::text AS "?column?") s(i, kind);
