CREATE TABLE t (id int, a text NOT NULL, b int UNIQUE, c int REFERENCES u, CHECK (b > 0), PRIMARY KEY (id, a));
CREATE INDEX i1 ON t (a, b);
CREATE INDEX i2 ON t (c);
CREATE TABLE u (id int PRIMARY KEY);
