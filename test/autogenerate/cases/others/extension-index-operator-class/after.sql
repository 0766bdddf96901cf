CREATE EXTENSION pg_trgm SCHEMA rfx_user; CREATE TABLE t (id int, v text); CREATE INDEX i ON t USING gin (v rfx_user.gin_trgm_ops);
