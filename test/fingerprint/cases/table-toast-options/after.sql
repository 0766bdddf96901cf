CREATE TABLE app.t (a integer, b text);
ALTER TABLE app.t SET (toast.autovacuum_enabled = false);
