CREATE TABLE t (id int, v text CONSTRAINT v_there NOT NULL);
