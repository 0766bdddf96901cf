-- upgrade
DROP VIEW rfx_user.w;
DROP VIEW rfx_user.v;
ALTER TABLE rfx_user.t ALTER COLUMN n TYPE bigint;
CREATE VIEW rfx_user.v AS
 SELECT id,
    (n + 1) AS m
   FROM rfx_user.t;
CREATE VIEW rfx_user.w AS
 SELECT id,
    m
   FROM rfx_user.v;

-- downgrade
DROP VIEW rfx_user.w;
DROP VIEW rfx_user.v;
ALTER TABLE rfx_user.t ALTER COLUMN n TYPE integer;
CREATE VIEW rfx_user.v AS
 SELECT id,
    (n + 1) AS m
   FROM rfx_user.t;
CREATE VIEW rfx_user.w AS
 SELECT id,
    m
   FROM rfx_user.v;
