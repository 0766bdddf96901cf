CREATE DOMAIN email AS text CHECK (VALUE ~ '@.');
CREATE DOMAIN pos AS int CHECK (VALUE > 1);
CREATE TYPE contact AS (address email, n int);
CREATE TYPE span AS RANGE (SUBTYPE = pos);
CREATE TABLE t (id int PRIMARY KEY, plain email, many email[], one contact, r span);
CREATE INDEX t_many ON t (many);
