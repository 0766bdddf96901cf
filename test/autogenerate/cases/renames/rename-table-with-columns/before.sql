CREATE TABLE t (id int PRIMARY KEY, a int CHECK (a > 0), b text);
CREATE INDEX t_b_idx ON t (b);
CREATE VIEW seen AS SELECT id, a FROM t;
