CREATE TABLE app.t (a char);
