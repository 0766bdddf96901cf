CREATE TABLE person (id serial PRIMARY KEY, name text UNIQUE, age int); CREATE TABLE c (p int REFERENCES person);
