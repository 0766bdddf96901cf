CREATE TABLE cat (id int PRIMARY KEY, v text);
CREATE SEQUENCE cat_number; CREATE TABLE bird (id int PRIMARY KEY DEFAULT nextval('cat_number')); CREATE SEQUENCE fish_number; CREATE TABLE fish (id int PRIMARY KEY DEFAULT nextval('fish_number'));
CREATE TABLE dog (id bigint PRIMARY KEY, v text);
