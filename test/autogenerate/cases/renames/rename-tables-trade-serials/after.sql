CREATE TABLE l (id serial PRIMARY KEY, right_text text UNIQUE);
CREATE TABLE r (id serial PRIMARY KEY, left_text text UNIQUE);
CREATE INDEX l_lower ON l (lower(right_text));
CREATE INDEX r_lower ON r (lower(left_text));
