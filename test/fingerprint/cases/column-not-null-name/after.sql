CREATE TABLE app.t (a integer CONSTRAINT must NOT NULL);
