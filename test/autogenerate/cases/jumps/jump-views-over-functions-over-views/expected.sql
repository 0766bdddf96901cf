-- upgrade
SET LOCAL check_function_bodies = off;
DROP TRIGGER suppress ON rfx_user.w;
DROP VIEW rfx_user.v5;
DROP FUNCTION rfx_user.atomic_();
DROP VIEW rfx_user.v4;
DROP MATERIALIZED VIEW rfx_user.m1;
ALTER TABLE rfx_user.w SET (autovacuum_enabled=false, fillfactor=80);
ALTER TABLE rfx_user.w ADD COLUMN d integer GENERATED ALWAYS AS ((id + 1)) VIRTUAL;
CREATE OR REPLACE FUNCTION rfx_user.fv(k integer)
 RETURNS SETOF rfx_user.v3
 LANGUAGE sql
 STABLE
AS $function$ SELECT * FROM rfx_user.v3 $function$;
CREATE TRIGGER suppress BEFORE UPDATE OF b ON rfx_user.w FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
DROP FUNCTION rfx_user.fv(integer);
DROP FUNCTION rfx_user.fv();
DROP VIEW rfx_user.v3;
DROP VIEW rfx_user.v2;
DROP VIEW rfx_user.v1;
ALTER TABLE rfx_user.w ALTER COLUMN c TYPE timestamp with time zone USING c::timestamp AT TIME ZONE 'UTC';
CREATE VIEW rfx_user.v1 AS
 SELECT id,
    b,
    c,
    d
   FROM rfx_user.w;
CREATE VIEW rfx_user.v2 AS
 SELECT id,
    b,
    c,
    d,
    rank() OVER (ORDER BY id) AS n
   FROM rfx_user.v1;
CREATE VIEW rfx_user.v3 AS
 SELECT v2.n,
    v2.id,
    w.b,
    v2.d
   FROM (rfx_user.v2
     JOIN rfx_user.w USING (id));
CREATE MATERIALIZED VIEW rfx_user.m1 AS
 SELECT n,
    id,
    b,
    d
   FROM rfx_user.v3;
DROP MATERIALIZED VIEW rfx_user.m1;
DROP VIEW rfx_user.v3;
DROP VIEW rfx_user.v2;
DROP TRIGGER suppress ON rfx_user.w;
DROP VIEW rfx_user.v1;
ALTER TABLE rfx_user.w ALTER COLUMN b TYPE character varying(9);
ALTER TABLE rfx_user.w DROP COLUMN d;
ALTER TABLE rfx_user.w ALTER COLUMN id TYPE bigint;
ALTER TABLE rfx_user.w DROP COLUMN a;
ALTER TABLE rfx_user.w ADD COLUMN d integer GENERATED ALWAYS AS ((id + 1)) VIRTUAL;
CREATE VIEW rfx_user.v1 AS
 SELECT id,
    b,
    c,
    d
   FROM rfx_user.w;
CREATE VIEW rfx_user.v2 AS
 SELECT id,
    b,
    c,
    d,
    rank() OVER (ORDER BY id) AS n
   FROM rfx_user.v1;
CREATE VIEW rfx_user.v3 AS
 SELECT v2.n,
    v2.id,
    w.b,
    v2.d
   FROM (rfx_user.v2
     JOIN rfx_user.w USING (id));
CREATE OR REPLACE FUNCTION rfx_user.fv(k integer)
 RETURNS SETOF rfx_user.v3
 LANGUAGE sql
 STABLE
AS $function$ SELECT * FROM rfx_user.v3 $function$;
CREATE VIEW rfx_user.v5 AS
 SELECT n,
    id,
    b,
    d
   FROM rfx_user.fv(3) fv(n, id, b, d);
CREATE MATERIALIZED VIEW rfx_user.m1 AS
 SELECT n,
    id,
    b,
    d
   FROM rfx_user.v3;
CREATE VIEW rfx_user.v4 AS
 SELECT count(*) AS count,
    max(id) AS max
   FROM rfx_user.m1;
CREATE OR REPLACE FUNCTION rfx_user.atomic_()
 RETURNS bigint
 LANGUAGE sql
 STABLE
BEGIN ATOMIC
 SELECT v4.max
    FROM rfx_user.v4;
END;
CREATE TRIGGER suppress BEFORE UPDATE OF b ON rfx_user.w FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();

-- downgrade
SET LOCAL check_function_bodies = off;
DROP TRIGGER suppress ON rfx_user.w;
DROP VIEW rfx_user.v5;
DROP FUNCTION rfx_user.atomic_();
DROP VIEW rfx_user.v4;
DROP MATERIALIZED VIEW rfx_user.m1;
DROP FUNCTION rfx_user.fv(integer);
DROP VIEW rfx_user.v3;
DROP VIEW rfx_user.v2;
DROP VIEW rfx_user.v1;
ALTER TABLE rfx_user.w DROP COLUMN d;
ALTER TABLE rfx_user.w SET (fillfactor=70);
ALTER TABLE rfx_user.w RESET (autovacuum_enabled);
ALTER TABLE rfx_user.w ADD COLUMN a integer DEFAULT 5;
ALTER TABLE rfx_user.w ALTER COLUMN b TYPE text;
ALTER TABLE rfx_user.w ALTER COLUMN c TYPE date USING (c AT TIME ZONE 'UTC')::date;
ALTER TABLE rfx_user.w ALTER COLUMN id TYPE integer;
CREATE VIEW rfx_user.v1 AS
 SELECT id,
    a,
    b,
    c
   FROM rfx_user.w;
CREATE VIEW rfx_user.v2 AS
 SELECT id,
    a,
    b,
    c,
    row_number() OVER (ORDER BY id) AS n
   FROM rfx_user.v1;
CREATE VIEW rfx_user.v3 AS
 SELECT v2.id,
    v2.n,
    w.b
   FROM (rfx_user.v2
     JOIN rfx_user.w USING (id));
CREATE OR REPLACE FUNCTION rfx_user.fv()
 RETURNS SETOF rfx_user.v3
 LANGUAGE sql
 STABLE
AS $function$ SELECT * FROM rfx_user.v3 $function$;
CREATE VIEW rfx_user.v5 AS
 SELECT id,
    n,
    b
   FROM rfx_user.fv() fv(id, n, b);
CREATE MATERIALIZED VIEW rfx_user.m1 AS
 SELECT id,
    n,
    b
   FROM rfx_user.v3;
CREATE VIEW rfx_user.v4 AS
 SELECT count(*) AS count
   FROM rfx_user.m1;
CREATE OR REPLACE FUNCTION rfx_user.atomic_()
 RETURNS bigint
 LANGUAGE sql
 STABLE
BEGIN ATOMIC
 SELECT v4.count
    FROM rfx_user.v4;
END;
CREATE TRIGGER suppress BEFORE UPDATE ON rfx_user.w FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
