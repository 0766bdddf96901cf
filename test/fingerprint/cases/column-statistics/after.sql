CREATE TABLE app.t (a integer, b text);
ALTER TABLE app.t ALTER a SET STATISTICS 500;
