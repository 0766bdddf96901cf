CREATE TABLE app.t (a integer, b text);
ALTER TABLE app.t SET ACCESS METHOD heap_too;
