CREATE TABLE ev (id int, at date); CREATE TABLE ev_a (extra text) INHERITS (ev);
