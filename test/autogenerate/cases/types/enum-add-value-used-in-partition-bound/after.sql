CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy', 'new');
CREATE TABLE t (id int, m mood) PARTITION BY LIST (m); CREATE TABLE t_sad PARTITION OF t FOR VALUES IN ('sad'); CREATE TABLE t_new PARTITION OF t FOR VALUES IN ('new');
