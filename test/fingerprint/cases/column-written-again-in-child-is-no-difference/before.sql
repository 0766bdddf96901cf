CREATE TABLE app.t (a integer, b text);
CREATE TABLE app.c () INHERITS (app.t);
