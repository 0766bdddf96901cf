CREATE TABLE a (id serial PRIMARY KEY, x text UNIQUE, b int);
CREATE TABLE b (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, x int UNIQUE, b int);
CREATE INDEX a_b_idx ON a (b);
CREATE INDEX b_b_idx ON b (b);
