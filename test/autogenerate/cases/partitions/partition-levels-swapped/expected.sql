-- upgrade
SET LOCAL check_function_bodies = off;
LOCK TABLE rfx_user.m1 IN ACCESS EXCLUSIVE MODE;
ALTER TABLE rfx_user.linked DROP CONSTRAINT linked_id_at_fkey;
CREATE TABLE rfx_user.m1__mig_rows AS SELECT id, at, ref, s FROM rfx_user.m1;
DROP TABLE rfx_user.m1;
LOCK TABLE rfx_user.m2 IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user.m2__mig_rows AS SELECT id, at, ref, s FROM rfx_user.m2;
DROP TABLE rfx_user.m2;
DROP TRIGGER tt ON rfx_user.m;
DROP INDEX rfx_user.mi;
ALTER TABLE rfx_user.m DROP CONSTRAINT m_ref_fkey;
CREATE TABLE rfx_user.m1 PARTITION OF rfx_user.m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE rfx_user.m2 PARTITION OF rfx_user.m FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') PARTITION BY
  HASH (id);
CREATE TABLE rfx_user.m2a PARTITION OF rfx_user.m2 FOR VALUES WITH (modulus 2, remainder 0);
CREATE TABLE rfx_user.m2b PARTITION OF rfx_user.m2 FOR VALUES WITH (modulus 2, remainder 1);
CREATE TABLE rfx_user.md PARTITION OF rfx_user.m DEFAULT;
INSERT INTO rfx_user.m (at, id, ref, s) SELECT at::date, id::bigint, ref::bigint, s::character varying(30) FROM rfx_user.m1__mig_rows;
INSERT INTO rfx_user.m (at, id, ref, s) SELECT at::date, id::bigint, ref::bigint, s::character varying(30) FROM rfx_user.m2__mig_rows;
ALTER TABLE rfx_user.linked ALTER COLUMN id TYPE bigint;
ALTER TABLE rfx_user.m ALTER COLUMN ref TYPE bigint;
ALTER TABLE rfx_user.m ALTER COLUMN s TYPE character varying(30);
ALTER TABLE rfx_user.ref ALTER COLUMN id TYPE bigint;
CREATE OR REPLACE FUNCTION rfx_user.tf()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN RETURN NULL; END $function$;
ALTER TABLE rfx_user.linked ADD CONSTRAINT linked_id_at_fkey FOREIGN KEY (id, at) REFERENCES rfx_user.m(id, at) ON UPDATE CASCADE;
ALTER TABLE rfx_user.m ADD CONSTRAINT m_ref_fkey FOREIGN KEY (ref) REFERENCES rfx_user.ref(id) ON DELETE CASCADE;
CREATE INDEX mi ON rfx_user.m USING btree (lower((s)::text));
CREATE UNIQUE INDEX mu ON rfx_user.m USING btree (at, id);
CREATE TRIGGER tt AFTER INSERT OR DELETE ON rfx_user.m FOR EACH ROW EXECUTE FUNCTION rfx_user.tf();
DROP INDEX rfx_user.mu;
ALTER TABLE rfx_user.linked DROP CONSTRAINT linked_id_at_fkey;
ALTER TABLE rfx_user.m DROP CONSTRAINT m_pkey;
DROP TABLE rfx_user.m1__mig_rows;
DROP TABLE rfx_user.m2__mig_rows;
LOCK TABLE rfx_user.m IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user.m__mig_rows AS SELECT id, at, ref, s FROM rfx_user.m;
DROP TABLE rfx_user.m;
CREATE TABLE rfx_user.m (
  id  bigint                NOT NULL,
  at  date                  NOT NULL,
  ref bigint,
  s   character varying(30)
) PARTITION BY RANGE (at);
CREATE TABLE rfx_user.m1 PARTITION OF rfx_user.m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE rfx_user.m2 PARTITION OF rfx_user.m FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') PARTITION BY
  HASH (id);
CREATE TABLE rfx_user.m2a PARTITION OF rfx_user.m2 FOR VALUES WITH (modulus 2, remainder 0);
CREATE TABLE rfx_user.m2b PARTITION OF rfx_user.m2 FOR VALUES WITH (modulus 2, remainder 1);
CREATE TABLE rfx_user.md PARTITION OF rfx_user.m DEFAULT;
INSERT INTO rfx_user.m (at, id, ref, s) SELECT at::date, id::bigint, ref::bigint, s::character varying(30) FROM rfx_user.m__mig_rows;
ALTER TABLE rfx_user.m ADD CONSTRAINT m_pkey PRIMARY KEY (id, at);
ALTER TABLE rfx_user.linked ADD CONSTRAINT linked_id_at_fkey FOREIGN KEY (id, at) REFERENCES rfx_user.m(id, at) ON UPDATE CASCADE;
ALTER TABLE rfx_user.m ADD CONSTRAINT m_ref_fkey FOREIGN KEY (ref) REFERENCES rfx_user.ref(id) ON DELETE CASCADE;
CREATE INDEX mi ON rfx_user.m USING btree (lower((s)::text));
CREATE UNIQUE INDEX mu ON rfx_user.m USING btree (at, id);
CREATE TRIGGER tt AFTER INSERT OR DELETE ON rfx_user.m FOR EACH ROW EXECUTE FUNCTION rfx_user.tf();
DROP TABLE rfx_user.m__mig_rows;

-- downgrade
SET LOCAL check_function_bodies = off;
LOCK TABLE rfx_user.m1 IN ACCESS EXCLUSIVE MODE;
ALTER TABLE rfx_user.linked DROP CONSTRAINT linked_id_at_fkey;
CREATE TABLE rfx_user.m1__mig_rows AS SELECT id, at, ref, s FROM rfx_user.m1;
DROP TABLE rfx_user.m1;
LOCK TABLE rfx_user.m2 IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user.m2__mig_rows AS SELECT id, at, ref, s FROM rfx_user.m2;
DROP TABLE rfx_user.m2;
DROP TRIGGER tt ON rfx_user.m;
DROP INDEX rfx_user.mi;
DROP INDEX rfx_user.mu;
ALTER TABLE rfx_user.m DROP CONSTRAINT m_ref_fkey;
DROP TABLE rfx_user.md;
CREATE TABLE rfx_user.m1 PARTITION OF rfx_user.m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') PARTITION BY
  HASH (id);
CREATE TABLE rfx_user.m1a PARTITION OF rfx_user.m1 FOR VALUES WITH (modulus 2, remainder 0);
CREATE TABLE rfx_user.m1b PARTITION OF rfx_user.m1 FOR VALUES WITH (modulus 2, remainder 1);
CREATE TABLE rfx_user.m2 PARTITION OF rfx_user.m FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
INSERT INTO rfx_user.m (at, id, ref, s) SELECT at::date, id::integer, ref::integer, s::text FROM rfx_user.m1__mig_rows;
INSERT INTO rfx_user.m (at, id, ref, s) SELECT at::date, id::integer, ref::integer, s::text FROM rfx_user.m2__mig_rows;
ALTER TABLE rfx_user.linked ALTER COLUMN id TYPE integer;
ALTER TABLE rfx_user.m ALTER COLUMN ref TYPE integer;
ALTER TABLE rfx_user.m ALTER COLUMN s TYPE text;
ALTER TABLE rfx_user.ref ALTER COLUMN id TYPE integer;
CREATE OR REPLACE FUNCTION rfx_user.tf()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN RETURN NEW; END $function$;
ALTER TABLE rfx_user.linked ADD CONSTRAINT linked_id_at_fkey FOREIGN KEY (id, at) REFERENCES rfx_user.m(id, at);
ALTER TABLE rfx_user.m ADD CONSTRAINT m_ref_fkey FOREIGN KEY (ref) REFERENCES rfx_user.ref(id);
CREATE INDEX mi ON rfx_user.m USING btree (s);
CREATE TRIGGER tt BEFORE INSERT ON rfx_user.m FOR EACH ROW EXECUTE FUNCTION rfx_user.tf();
ALTER TABLE rfx_user.linked DROP CONSTRAINT linked_id_at_fkey;
ALTER TABLE rfx_user.m DROP CONSTRAINT m_pkey;
DROP TABLE rfx_user.m1__mig_rows;
DROP TABLE rfx_user.m2__mig_rows;
LOCK TABLE rfx_user.m IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user.m__mig_rows AS SELECT id, at, ref, s FROM rfx_user.m;
DROP TABLE rfx_user.m;
CREATE TABLE rfx_user.m (
  id  integer NOT NULL,
  at  date    NOT NULL,
  ref integer,
  s   text
) PARTITION BY RANGE (at);
CREATE TABLE rfx_user.m1 PARTITION OF rfx_user.m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') PARTITION BY
  HASH (id);
CREATE TABLE rfx_user.m1a PARTITION OF rfx_user.m1 FOR VALUES WITH (modulus 2, remainder 0);
CREATE TABLE rfx_user.m1b PARTITION OF rfx_user.m1 FOR VALUES WITH (modulus 2, remainder 1);
CREATE TABLE rfx_user.m2 PARTITION OF rfx_user.m FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
INSERT INTO rfx_user.m (at, id, ref, s) SELECT at::date, id::integer, ref::integer, s::text FROM rfx_user.m__mig_rows;
ALTER TABLE rfx_user.m ADD CONSTRAINT m_pkey PRIMARY KEY (id, at);
ALTER TABLE rfx_user.linked ADD CONSTRAINT linked_id_at_fkey FOREIGN KEY (id, at) REFERENCES rfx_user.m(id, at);
ALTER TABLE rfx_user.m ADD CONSTRAINT m_ref_fkey FOREIGN KEY (ref) REFERENCES rfx_user.ref(id);
CREATE INDEX mi ON rfx_user.m USING btree (s);
CREATE TRIGGER tt BEFORE INSERT ON rfx_user.m FOR EACH ROW EXECUTE FUNCTION rfx_user.tf();
DROP TABLE rfx_user.m__mig_rows;
