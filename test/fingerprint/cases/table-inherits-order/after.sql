CREATE TABLE app.p (a integer);
CREATE TABLE app.q (a integer);
CREATE TABLE app.c () INHERITS (app.q, app.p);
