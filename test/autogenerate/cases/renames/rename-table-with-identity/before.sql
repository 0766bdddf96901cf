CREATE TABLE person (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, boss int REFERENCES person);
CREATE TABLE pet (id int PRIMARY KEY, owner int REFERENCES person);
