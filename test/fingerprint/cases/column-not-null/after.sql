CREATE TABLE app.t (a integer NOT NULL);
