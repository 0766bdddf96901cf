CREATE TABLE app.t (a integer NOT NULL, b integer NOT NULL);
