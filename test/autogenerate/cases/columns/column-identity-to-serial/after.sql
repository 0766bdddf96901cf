CREATE TABLE t (id serial PRIMARY KEY, v text);
CREATE TABLE unused (id bigserial PRIMARY KEY, v text);
CREATE TABLE wide (id bigserial PRIMARY KEY, v text);
CREATE TABLE long_name_of_a_table_that_has_a_long_column_too (a_column_with_a_long_name serial, v text);
