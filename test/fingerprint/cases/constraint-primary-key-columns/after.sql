CREATE TABLE app.t (a integer NOT NULL, b integer NOT NULL);
ALTER TABLE app.t ADD CONSTRAINT k PRIMARY KEY (a, b);
