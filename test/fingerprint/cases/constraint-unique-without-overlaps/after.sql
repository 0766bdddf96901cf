CREATE TABLE app.t (a int4range, c int4range);
ALTER TABLE app.t ADD CONSTRAINT k UNIQUE (a, c WITHOUT OVERLAPS);
