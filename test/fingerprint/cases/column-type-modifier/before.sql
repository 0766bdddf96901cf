CREATE TABLE app.t (a numeric(10, 2));
