CREATE TABLE app.t (a bigint);
