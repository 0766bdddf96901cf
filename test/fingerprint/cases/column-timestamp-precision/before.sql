CREATE TABLE app.t (a timestamptz(3));
