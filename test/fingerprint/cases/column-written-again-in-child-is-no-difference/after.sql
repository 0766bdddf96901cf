CREATE TABLE app.t (a integer, b text);
CREATE TABLE app.c (a integer) INHERITS (app.t);
