-- upgrade
CREATE EXTENSION pg_trgm SCHEMA rfx_user;
CREATE TABLE rfx_user.t (id integer, v text);
CREATE INDEX i ON rfx_user.t USING gin (v rfx_user.gin_trgm_ops);

-- downgrade
DROP TABLE rfx_user.t;
DROP EXTENSION pg_trgm;
