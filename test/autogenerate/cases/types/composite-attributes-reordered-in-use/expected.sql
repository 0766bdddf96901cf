-- upgrade
ALTER TABLE rfx_user.kept DROP COLUMN many;
ALTER TABLE rfx_user.kept DROP COLUMN s;
ALTER TABLE rfx_user.kept DROP COLUMN t;
DROP DOMAIN rfx_user.tall;
DROP TYPE rfx_user.span;
CREATE TYPE rfx_user.span AS (high integer, low integer);
ALTER TABLE rfx_user.kept ADD COLUMN s rfx_user.span;
ALTER TABLE rfx_user.kept ADD COLUMN many rfx_user.span[];
CREATE DOMAIN rfx_user.tall AS rfx_user.span CONSTRAINT tall_check CHECK (((VALUE).high > 3));
ALTER TABLE rfx_user.kept ADD COLUMN t rfx_user.tall;
CREATE INDEX kept_high ON rfx_user.kept USING btree (((s).high));

-- downgrade
ALTER TABLE rfx_user.kept DROP COLUMN many;
ALTER TABLE rfx_user.kept DROP COLUMN s;
ALTER TABLE rfx_user.kept DROP COLUMN t;
DROP DOMAIN rfx_user.tall;
DROP TYPE rfx_user.span;
CREATE TYPE rfx_user.span AS (low integer, high integer);
ALTER TABLE rfx_user.kept ADD COLUMN s rfx_user.span;
ALTER TABLE rfx_user.kept ADD COLUMN many rfx_user.span[];
CREATE DOMAIN rfx_user.tall AS rfx_user.span CONSTRAINT tall_check CHECK (((VALUE).high > 3));
ALTER TABLE rfx_user.kept ADD COLUMN t rfx_user.tall;
CREATE INDEX kept_high ON rfx_user.kept USING btree (((s).high));
