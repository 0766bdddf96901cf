CREATE TABLE u (id int PRIMARY KEY, n text NOT NULL);
CREATE TABLE t (id int PRIMARY KEY, name int NOT NULL, b bigint NOT NULL, live boolean NOT NULL, CONSTRAINT tk UNIQUE (b, id), CHECK (b > 0));
CREATE UNIQUE INDEX tn ON t (name);
CREATE UNIQUE INDEX tp ON t (name, id) WHERE (live);
CREATE INDEX ui ON u (n, id);
CREATE UNIQUE INDEX un ON u (n);
