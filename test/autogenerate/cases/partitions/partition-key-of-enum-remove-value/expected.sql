-- upgrade
LOCK TABLE rfx_user.item_low_a IN ACCESS EXCLUSIVE MODE;
ALTER TABLE rfx_user.note DROP CONSTRAINT note_item_kind_fkey;
CREATE TABLE rfx_user.item_low_a__mig_rows AS SELECT id, kind::text AS kind FROM rfx_user.item_low_a;
DROP TABLE rfx_user.item_low_a;
CREATE TABLE rfx_user.item_low_a PARTITION OF rfx_user.item_low FOR VALUES IN ('a');
INSERT INTO rfx_user.item (id, kind) SELECT id::integer, kind::rfx_user.kind FROM rfx_user.item_low_a__mig_rows;
ALTER TYPE rfx_user.kind RENAME TO kind__replaced;
CREATE TYPE rfx_user.kind AS ENUM ('b', 'a');
ALTER TABLE rfx_user.note ALTER COLUMN kind TYPE rfx_user.kind USING kind::text::rfx_user.kind;
ALTER TABLE rfx_user.item DROP CONSTRAINT item_pkey;
DROP TABLE rfx_user.item_low_a__mig_rows;
LOCK TABLE rfx_user.item IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user.item__mig_rows AS SELECT id, kind::text AS kind FROM rfx_user.item;
DROP TABLE rfx_user.item;
DROP TYPE rfx_user.kind__replaced;
CREATE TABLE rfx_user.item (
  id   integer       NOT NULL,
  kind rfx_user.kind NOT NULL
) PARTITION BY RANGE (id);
CREATE TABLE rfx_user.item_low PARTITION OF rfx_user.item FOR VALUES FROM (0) TO (100) PARTITION BY LIST
  (kind);
CREATE TABLE rfx_user.item_low_a PARTITION OF rfx_user.item_low FOR VALUES IN ('a');
CREATE TABLE rfx_user.item_low_b PARTITION OF rfx_user.item_low FOR VALUES IN ('b');
INSERT INTO rfx_user.item (id, kind) SELECT id::integer, kind::rfx_user.kind FROM rfx_user.item__mig_rows;
ALTER TABLE rfx_user.item ADD CONSTRAINT item_pkey PRIMARY KEY (id, kind);
ALTER TABLE rfx_user.note ADD CONSTRAINT note_item_kind_fkey FOREIGN KEY (item, kind) REFERENCES rfx_user.item(id, kind);
DROP TABLE rfx_user.item__mig_rows;

-- downgrade
LOCK TABLE rfx_user.item_low_a IN ACCESS EXCLUSIVE MODE;
ALTER TABLE rfx_user.note DROP CONSTRAINT note_item_kind_fkey;
CREATE TABLE rfx_user.item_low_a__mig_rows AS SELECT id, kind::text AS kind FROM rfx_user.item_low_a;
DROP TABLE rfx_user.item_low_a;
ALTER TYPE rfx_user.kind RENAME TO kind__replaced;
CREATE TYPE rfx_user.kind AS ENUM ('a', 'b', 'c');
ALTER TABLE rfx_user.note ALTER COLUMN kind TYPE rfx_user.kind USING kind::text::rfx_user.kind;
ALTER TABLE rfx_user.item DROP CONSTRAINT item_pkey;
LOCK TABLE rfx_user.item IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user.item__mig_rows AS SELECT id, kind::text AS kind FROM rfx_user.item;
DROP TABLE rfx_user.item;
DROP TYPE rfx_user.kind__replaced;
CREATE TABLE rfx_user.item (
  id   integer       NOT NULL,
  kind rfx_user.kind NOT NULL
) PARTITION BY RANGE (id);
CREATE TABLE rfx_user.item_low PARTITION OF rfx_user.item FOR VALUES FROM (0) TO (100) PARTITION BY LIST
  (kind);
CREATE TABLE rfx_user.item_low_a PARTITION OF rfx_user.item_low FOR VALUES IN ('a', 'c');
CREATE TABLE rfx_user.item_low_b PARTITION OF rfx_user.item_low FOR VALUES IN ('b');
INSERT INTO rfx_user.item (id, kind) SELECT id::integer, kind::rfx_user.kind FROM rfx_user.item_low_a__mig_rows;
INSERT INTO rfx_user.item (id, kind) SELECT id::integer, kind::rfx_user.kind FROM rfx_user.item__mig_rows;
ALTER TABLE rfx_user.item ADD CONSTRAINT item_pkey PRIMARY KEY (id, kind);
ALTER TABLE rfx_user.note ADD CONSTRAINT note_item_kind_fkey FOREIGN KEY (item, kind) REFERENCES rfx_user.item(id, kind);
DROP TABLE rfx_user.item_low_a__mig_rows;
DROP TABLE rfx_user.item__mig_rows;
