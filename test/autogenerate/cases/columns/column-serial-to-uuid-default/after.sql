CREATE TABLE t (id serial PRIMARY KEY, k text DEFAULT gen_random_uuid()::text, v text);
