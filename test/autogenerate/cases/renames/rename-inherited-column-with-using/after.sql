CREATE TABLE par (id int PRIMARY KEY, z varchar(10) NOT NULL); CREATE TABLE chi (b bigint) INHERITS (par);
