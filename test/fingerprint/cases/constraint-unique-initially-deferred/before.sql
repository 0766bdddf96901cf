CREATE TABLE app.t (a integer, b integer, c int4range);
ALTER TABLE app.t ADD CONSTRAINT k UNIQUE (a) DEFERRABLE;
