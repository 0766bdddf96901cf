CREATE TABLE app.t (a integer PRIMARY KEY, b text);
