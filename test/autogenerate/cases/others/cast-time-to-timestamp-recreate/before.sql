CREATE TABLE t (id int PRIMARY KEY, at time); CREATE INDEX i ON t (at);
