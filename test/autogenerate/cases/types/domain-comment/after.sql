CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TABLE t (id int PRIMARY KEY, n positive DEFAULT 1);
COMMENT ON DOMAIN positive IS 'above nothing';
