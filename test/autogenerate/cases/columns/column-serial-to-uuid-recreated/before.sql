CREATE TABLE t (id serial PRIMARY KEY, "K k" bigserial, v text);
