INSERT INTO t (v) VALUES ('y');
