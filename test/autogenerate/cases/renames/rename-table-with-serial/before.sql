CREATE TABLE profile (id serial PRIMARY KEY, name text UNIQUE); CREATE TABLE c (p int REFERENCES profile);
