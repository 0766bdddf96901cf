CREATE TABLE app.t (a integer);
ALTER TABLE app.t ADD CONSTRAINT must NOT NULL a;
