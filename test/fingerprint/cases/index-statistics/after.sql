CREATE TABLE app.t (a integer, b text);
CREATE INDEX i ON app.t (lower(b));
ALTER INDEX app.i ALTER COLUMN 1 SET STATISTICS 500;
