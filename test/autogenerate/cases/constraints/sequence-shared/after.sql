CREATE SEQUENCE swimmer;
CREATE SEQUENCE animal_id;
CREATE TABLE bird (id int PRIMARY KEY DEFAULT nextval('swimmer')); CREATE TABLE fish (id int PRIMARY KEY DEFAULT nextval('swimmer'));
CREATE TABLE cat (id int PRIMARY KEY DEFAULT nextval('animal_id'), v text);
CREATE TABLE dog (id bigint PRIMARY KEY DEFAULT nextval('animal_id'), v text);
