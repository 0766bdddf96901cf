CREATE TABLE app.t (a integer, b text);
ALTER TABLE app.t SET (autovacuum_enabled = false, fillfactor = 70);
