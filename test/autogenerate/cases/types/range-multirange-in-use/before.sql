CREATE TYPE addr AS (street text, no int);
CREATE DOMAIN posno AS int CHECK (VALUE > 0);
CREATE TYPE person AS (name text, home addr, homes addr[]);
CREATE TABLE p (id posno PRIMARY KEY, x person, xs person[], r int4range, dom posno[] CHECK (array_length(dom, 1) > 0));
CREATE TYPE prange AS RANGE (subtype = posno);
CREATE TABLE q (r prange);
