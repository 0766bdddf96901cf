CREATE TABLE par (id int PRIMARY KEY, a text); CREATE TABLE chi (b int) INHERITS (par);
