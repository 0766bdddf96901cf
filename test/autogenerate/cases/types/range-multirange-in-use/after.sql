CREATE TYPE addr AS (no bigint, street varchar(50), zip text);
CREATE DOMAIN posno AS bigint CHECK (VALUE >= 0) DEFAULT 1;
CREATE TYPE person AS (home addr, name text, homes addr[], age posno);
CREATE TABLE p (id posno PRIMARY KEY, x person, xs person[], r int8range, dom posno[] CHECK (array_length(dom, 1) > 1));
CREATE TYPE prange AS RANGE (subtype = posno, multirange_type_name = pmulti);
CREATE TABLE q (r prange, m pmulti);
CREATE FUNCTION pp(person) RETURNS addr LANGUAGE sql AS $$ SELECT $1.home $$;
CREATE VIEW pv AS SELECT (x).home AS h, (x).age FROM p;
