CREATE TABLE app.r (x integer, y integer, PRIMARY KEY (x, y));
CREATE TABLE app.t (a integer, b integer);
ALTER TABLE app.t ADD CONSTRAINT k FOREIGN KEY (a, b) REFERENCES app.r ON DELETE SET NULL;
