CREATE TABLE t (id int PRIMARY KEY, at timestamp); CREATE INDEX i ON t (at);
