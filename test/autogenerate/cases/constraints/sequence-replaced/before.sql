CREATE SEQUENCE old_number INCREMENT BY 3;
CREATE TABLE t (id int PRIMARY KEY DEFAULT nextval('old_number'), v text);
CREATE SEQUENCE small_number MINVALUE -100 START WITH -100;
CREATE TABLE u (id int PRIMARY KEY DEFAULT nextval('small_number'), v text);
CREATE SEQUENCE kept_number;
CREATE TABLE w (id int PRIMARY KEY DEFAULT nextval('kept_number'), v text);
CREATE SEQUENCE idle_number;
CREATE TABLE x (id int PRIMARY KEY, v text);
