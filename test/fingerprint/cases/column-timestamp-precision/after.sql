CREATE TABLE app.t (a timestamptz);
