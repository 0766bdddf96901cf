-- upgrade
ALTER TABLE rfx_user.a DROP COLUMN x;
ALTER TABLE rfx_user.a ADD COLUMN added text DEFAULT 'new'::text;
ALTER TABLE rfx_user.b ADD COLUMN added text DEFAULT 'new'::text;
ALTER TABLE rfx_user.a ALTER COLUMN id SET NOT NULL;
ALTER TABLE rfx_user.b ALTER COLUMN id SET NOT NULL;
ALTER TABLE rfx_user.b ALTER COLUMN y TYPE character varying(20);
ALTER TABLE rfx_user.b ALTER COLUMN y SET NOT NULL;
ALTER TABLE rfx_user.b ADD CONSTRAINT b_y_check CHECK (((y)::text <> ''::text));

-- downgrade
ALTER TABLE rfx_user.b DROP CONSTRAINT b_y_check;
ALTER TABLE rfx_user.a DROP COLUMN added;
ALTER TABLE rfx_user.b DROP COLUMN added;
ALTER TABLE rfx_user.a ADD COLUMN x text;
ALTER TABLE rfx_user.a ALTER COLUMN id DROP NOT NULL;
ALTER TABLE rfx_user.b ALTER COLUMN id DROP NOT NULL;
ALTER TABLE rfx_user.b ALTER COLUMN y DROP NOT NULL;
ALTER TABLE rfx_user.b ALTER COLUMN y TYPE text;
ALTER TABLE rfx_user.c ALTER COLUMN id DROP NOT NULL;
ALTER TABLE rfx_user.c ALTER COLUMN y DROP NOT NULL;
