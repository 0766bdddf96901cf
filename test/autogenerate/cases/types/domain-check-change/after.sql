CREATE DOMAIN positive AS int CHECK (VALUE > -5);
CREATE TABLE t (id int PRIMARY KEY, n positive DEFAULT 1);
