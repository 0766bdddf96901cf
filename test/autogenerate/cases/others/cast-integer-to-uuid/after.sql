CREATE TABLE t (id uuid PRIMARY KEY, v text);
