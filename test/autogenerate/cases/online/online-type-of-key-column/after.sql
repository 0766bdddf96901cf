CREATE TABLE t (a bigint NOT NULL, b bigint NOT NULL, CONSTRAINT tk UNIQUE (b, a));
CREATE UNIQUE INDEX ti ON t (a, b);
CREATE INDEX te ON t ((b + 1));
