CREATE TABLE t (id int, v text CONSTRAINT v_present NOT NULL);
