CREATE TABLE u (id int PRIMARY KEY, n text);
CREATE TABLE t (id int PRIMARY KEY, name text NOT NULL, b int NOT NULL, live boolean NOT NULL, CONSTRAINT tk UNIQUE (b));
CREATE UNIQUE INDEX tn ON t (lower(name));
CREATE UNIQUE INDEX tp ON t (name) WHERE (live);
CREATE INDEX ui ON u (n);
