-- upgrade
ALTER TABLE rfx_user.reading DROP CONSTRAINT reading_id_fkey;
DROP TABLE rfx_user.reading_old;
LOCK TABLE rfx_user.reading IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user.reading__mig_rows AS SELECT id, at FROM rfx_user.reading;
DROP TABLE rfx_user.reading;
CREATE TABLE rfx_user.reading (
  id integer,
  at date    NOT NULL
) PARTITION BY RANGE (at);
CREATE TABLE rfx_user.reading_all PARTITION OF rfx_user.reading DEFAULT;
INSERT INTO rfx_user.reading (at, id) SELECT at::date, id::integer FROM rfx_user.reading__mig_rows;
DROP TABLE rfx_user.reading__mig_rows;

-- downgrade
LOCK TABLE rfx_user.reading IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user.reading__mig_rows AS SELECT id, at FROM rfx_user.reading;
DROP TABLE rfx_user.reading;
CREATE TABLE rfx_user.reading (id integer, at date NOT NULL);
CREATE TABLE rfx_user.reading_old () INHERITS (rfx_user.reading);
INSERT INTO rfx_user.reading (at, id) SELECT at::date, id::integer FROM rfx_user.reading__mig_rows;
ALTER TABLE rfx_user.reading ADD CONSTRAINT reading_id_fkey FOREIGN KEY (id) REFERENCES rfx_user.station(id);
DROP TABLE rfx_user.reading__mig_rows;
