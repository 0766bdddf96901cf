CREATE TABLE t (id int, m text DEFAULT 'ok');
