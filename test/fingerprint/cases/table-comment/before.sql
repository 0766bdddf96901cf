CREATE TABLE app.t (a integer, b text);
