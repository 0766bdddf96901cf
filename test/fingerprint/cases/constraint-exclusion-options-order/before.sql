CREATE TABLE app.t (a integer, b integer, c int4range);
ALTER TABLE app.t ADD CONSTRAINT k EXCLUDE USING gist (c WITH &&) WITH (fillfactor = 50, buffering = on);
