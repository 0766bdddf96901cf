-- upgrade
DROP INDEX rfx_user.ua;
DROP VIEW rfx_user.v;
ALTER TABLE rfx_user.t DROP CONSTRAINT k;
ALTER TABLE rfx_user.t ALTER COLUMN a TYPE text;
ALTER TABLE rfx_user.t ALTER COLUMN b TYPE character varying(9);
ALTER TABLE rfx_user.t ALTER COLUMN c TYPE date;
ALTER TABLE rfx_user.t ALTER COLUMN id TYPE bigint;
ALTER TABLE rfx_user.t ADD CONSTRAINT k CHECK ((a <> (b)::text));
CREATE VIEW rfx_user.v AS
 SELECT b,
    a
   FROM rfx_user.t;
CREATE UNIQUE INDEX ua ON rfx_user.t USING btree (lower(a));

-- downgrade
DROP INDEX rfx_user.ua;
DROP VIEW rfx_user.v;
ALTER TABLE rfx_user.t DROP CONSTRAINT k;
ALTER TABLE rfx_user.t ALTER COLUMN a TYPE integer USING a::integer;
ALTER TABLE rfx_user.t ALTER COLUMN b TYPE text;
ALTER TABLE rfx_user.t ALTER COLUMN c TYPE timestamp without time zone;
ALTER TABLE rfx_user.t ALTER COLUMN id TYPE integer;
ALTER TABLE rfx_user.t ADD CONSTRAINT k CHECK (((a > 0) AND (b <> ''::text)));
CREATE VIEW rfx_user.v AS
 SELECT a,
    b
   FROM rfx_user.t;
CREATE UNIQUE INDEX ua ON rfx_user.t USING btree (a);
