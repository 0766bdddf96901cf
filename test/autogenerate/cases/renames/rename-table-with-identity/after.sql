CREATE TABLE human (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, boss int REFERENCES human);
CREATE TABLE pet (id int PRIMARY KEY, owner int REFERENCES human);
