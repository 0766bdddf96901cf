CREATE TABLE b (id serial PRIMARY KEY, x text UNIQUE, b int);
CREATE TABLE a (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, x int UNIQUE, b int);
CREATE INDEX b_b_idx ON b (b);
CREATE INDEX a_b_idx ON a (b);
