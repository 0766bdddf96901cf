CREATE TABLE app.t (b text, a integer);
