CREATE TABLE app.t (a integer);
