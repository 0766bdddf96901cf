-- upgrade
ALTER TABLE rfx_user.grand NO INHERIT rfx_user.child;
DROP INDEX rfx_user.child_id_idx;
DROP VIEW rfx_user.vb;
ALTER TABLE rfx_user.base DROP CONSTRAINT base_kind_check;
ALTER TABLE rfx_user.base DROP CONSTRAINT ni;
ALTER TABLE rfx_user.base DROP CONSTRAINT pos;
ALTER TABLE rfx_user.grand DROP CONSTRAINT base_kind_check;
ALTER TABLE rfx_user.grand DROP CONSTRAINT pos;
ALTER TABLE rfx_user.grand ALTER COLUMN kind DROP DEFAULT;
CREATE TABLE rfx_user.late () INHERITS (rfx_user.base);
ALTER TABLE rfx_user.base ADD COLUMN added date;
ALTER TABLE rfx_user.grand ADD COLUMN added date;
ALTER TABLE rfx_user.late ADD COLUMN l integer;
ALTER TABLE rfx_user.base ALTER COLUMN id TYPE bigint;
ALTER TABLE rfx_user.base ALTER COLUMN kind DROP DEFAULT;
ALTER TABLE rfx_user.base ALTER COLUMN kind TYPE character varying(20);
ALTER TABLE rfx_user.base ALTER COLUMN kind SET DEFAULT 'base2'::character varying;
ALTER TABLE rfx_user.grand ALTER COLUMN id TYPE bigint;
ALTER TABLE rfx_user.grand ALTER COLUMN kind TYPE character varying(20);
ALTER TABLE rfx_user.grand ALTER COLUMN n DROP NOT NULL;
ALTER TABLE rfx_user.base ALTER COLUMN n SET DEFAULT 4;
ALTER TABLE rfx_user.base ADD CONSTRAINT base_kind_check CHECK (((kind)::text <> 'x'::text));
ALTER TABLE rfx_user.base ADD CONSTRAINT pos CHECK ((id > 1));
ALTER TABLE rfx_user.child ADD CONSTRAINT own CHECK ((extra > 0));
CREATE VIEW rfx_user.vb AS
 SELECT kind,
    id
   FROM rfx_user.base;
CREATE INDEX child_id_kind_idx ON rfx_user.child USING btree (id, kind);
ALTER TABLE rfx_user.child ALTER COLUMN kind SET DEFAULT 'child2'::character varying;
ALTER TABLE rfx_user.child ALTER COLUMN n DROP NOT NULL;
ALTER TABLE rfx_user.late ALTER COLUMN added SET DEFAULT now();
ALTER TABLE rfx_user.late ALTER COLUMN added SET NOT NULL;
ALTER TABLE rfx_user.child ALTER COLUMN n DROP DEFAULT;

-- downgrade
ALTER TABLE rfx_user.grand ALTER COLUMN id SET NOT NULL;
ALTER TABLE rfx_user.grand ADD CONSTRAINT base_kind_check CHECK (((kind)::text <> 'x'::text));
ALTER TABLE rfx_user.grand ADD CONSTRAINT pos CHECK ((id > 1));
ALTER TABLE rfx_user.grand ADD CONSTRAINT own CHECK ((extra > 0));
ALTER TABLE rfx_user.grand INHERIT rfx_user.child;
DROP INDEX rfx_user.child_id_kind_idx;
DROP VIEW rfx_user.vb;
ALTER TABLE rfx_user.base DROP CONSTRAINT base_kind_check;
ALTER TABLE rfx_user.base DROP CONSTRAINT pos;
ALTER TABLE rfx_user.child DROP CONSTRAINT own;
ALTER TABLE rfx_user.base ALTER COLUMN n DROP DEFAULT;
ALTER TABLE rfx_user.base DROP COLUMN added;
DROP TABLE rfx_user.late;
ALTER TABLE rfx_user.base ALTER COLUMN id TYPE integer;
ALTER TABLE rfx_user.base ALTER COLUMN kind DROP DEFAULT;
ALTER TABLE rfx_user.base ALTER COLUMN kind TYPE text;
ALTER TABLE rfx_user.base ALTER COLUMN kind SET DEFAULT 'base'::text;
ALTER TABLE rfx_user.base ADD CONSTRAINT ni CHECK ((id < 1000)) NO INHERIT;
CREATE VIEW rfx_user.vb AS
 SELECT id,
    kind
   FROM rfx_user.base;
CREATE INDEX child_id_idx ON rfx_user.child USING btree (id);
ALTER TABLE rfx_user.child ALTER COLUMN kind SET DEFAULT 'child'::text;
ALTER TABLE rfx_user.child ALTER COLUMN n SET NOT NULL;
ALTER TABLE rfx_user.grand ALTER COLUMN kind SET DEFAULT 'child'::text;
ALTER TABLE rfx_user.grand DROP CONSTRAINT base_kind_check;
ALTER TABLE rfx_user.grand DROP CONSTRAINT own;
ALTER TABLE rfx_user.grand DROP CONSTRAINT pos;
ALTER TABLE rfx_user.grand DROP COLUMN added;
ALTER TABLE rfx_user.base ADD CONSTRAINT base_kind_check CHECK ((kind <> ''::text));
ALTER TABLE rfx_user.base ADD CONSTRAINT pos CHECK ((id > 0));
