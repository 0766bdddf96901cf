CREATE TABLE a (id int NOT NULL); CREATE TABLE fresh (stamp timestamptz NOT NULL DEFAULT now(), own text);
CREATE TABLE c (own text) INHERITS (a, fresh);
