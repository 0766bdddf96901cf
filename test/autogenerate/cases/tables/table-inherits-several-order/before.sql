CREATE TABLE a (id int, x text); CREATE TABLE b (id int, y text); CREATE TABLE e (z text);
CREATE TABLE c (own text) INHERITS (a, b, e);
CREATE TABLE d () INHERITS (a, b);
