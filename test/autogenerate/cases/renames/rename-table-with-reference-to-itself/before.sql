CREATE TABLE category (id serial PRIMARY KEY, parent_id int REFERENCES category);
