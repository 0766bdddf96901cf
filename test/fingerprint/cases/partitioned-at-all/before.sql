CREATE TABLE app.p (a integer);
