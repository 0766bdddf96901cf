CREATE TABLE app.t (a integer, b text);
ALTER TABLE app.t FORCE ROW LEVEL SECURITY;
