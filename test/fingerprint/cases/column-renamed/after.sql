CREATE TABLE app.t (b integer);
