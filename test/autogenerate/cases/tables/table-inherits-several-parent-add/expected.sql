-- upgrade
ALTER TABLE rfx_user.c ADD COLUMN name text;
ALTER TABLE rfx_user.c ADD COLUMN size integer DEFAULT 0 NOT NULL;
ALTER TABLE rfx_user.c ADD CONSTRAINT b_size_check CHECK ((size >= 0));
ALTER TABLE rfx_user.c INHERIT rfx_user.b;
ALTER TABLE rfx_user.d NO INHERIT rfx_user.a;
ALTER TABLE rfx_user.d ADD COLUMN name text;
ALTER TABLE rfx_user.d ADD COLUMN size integer DEFAULT 0 NOT NULL;
ALTER TABLE rfx_user.d ADD CONSTRAINT b_size_check CHECK ((size >= 0));
ALTER TABLE rfx_user.d INHERIT rfx_user.b;
ALTER TABLE rfx_user.d ALTER COLUMN id SET NOT NULL;
ALTER TABLE rfx_user.d INHERIT rfx_user.a;

-- downgrade
ALTER TABLE rfx_user.c NO INHERIT rfx_user.b;
ALTER TABLE rfx_user.d NO INHERIT rfx_user.b;
ALTER TABLE rfx_user.d NO INHERIT rfx_user.a;
ALTER TABLE rfx_user.d ALTER COLUMN id SET NOT NULL;
ALTER TABLE rfx_user.d INHERIT rfx_user.a;
ALTER TABLE rfx_user.c DROP CONSTRAINT b_size_check;
ALTER TABLE rfx_user.d DROP CONSTRAINT b_size_check;
ALTER TABLE rfx_user.c DROP COLUMN name;
ALTER TABLE rfx_user.c DROP COLUMN size;
ALTER TABLE rfx_user.d DROP COLUMN name;
ALTER TABLE rfx_user.d DROP COLUMN size;
