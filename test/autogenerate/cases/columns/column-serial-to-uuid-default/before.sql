CREATE TABLE t (id serial PRIMARY KEY, k serial, v text);
