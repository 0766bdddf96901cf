CREATE TABLE app.t (a integer, b text);
CREATE TABLE app.child (a integer, b text);
ALTER TABLE app.child INHERIT app.t;
