CREATE TYPE span AS (high int, low int);
CREATE DOMAIN tall AS span CHECK ((VALUE).high > 3);
CREATE TABLE kept (id int PRIMARY KEY, s span, many span[], t tall, note text);
CREATE INDEX kept_high ON kept (((s).high));
