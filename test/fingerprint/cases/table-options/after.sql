CREATE TABLE app.t (a integer, b text);
ALTER TABLE app.t SET (fillfactor = 70);
