CREATE TABLE rfx_policy."event" (id bigserial PRIMARY KEY, at date NOT NULL, kind text);
CREATE TABLE rfx_user."customer" (id int PRIMARY KEY, name text);
