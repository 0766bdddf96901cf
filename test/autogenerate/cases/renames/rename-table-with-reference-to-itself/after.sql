CREATE TABLE topic (id serial PRIMARY KEY, parent_id int REFERENCES topic);
