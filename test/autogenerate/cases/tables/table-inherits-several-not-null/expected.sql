-- upgrade
ALTER TABLE rfx_user.d NO INHERIT rfx_user.b;
ALTER TABLE rfx_user.a DROP CONSTRAINT a_x_check;
ALTER TABLE rfx_user.a ALTER COLUMN id DROP NOT NULL;
ALTER TABLE rfx_user.b ADD CONSTRAINT b_x_check CHECK ((x <> ''::text));
ALTER TABLE rfx_user.d ADD CONSTRAINT d_id_check CHECK ((id > 0));
ALTER TABLE rfx_user.d ALTER COLUMN id DROP NOT NULL;

-- downgrade
ALTER TABLE rfx_user.d ALTER COLUMN id SET NOT NULL;
ALTER TABLE rfx_user.d ADD CONSTRAINT b_x_check CHECK ((x <> ''::text));
ALTER TABLE rfx_user.d INHERIT rfx_user.b;
ALTER TABLE rfx_user.b DROP CONSTRAINT b_x_check;
ALTER TABLE rfx_user.d DROP CONSTRAINT d_id_check;
ALTER TABLE rfx_user.a ALTER COLUMN id SET NOT NULL;
ALTER TABLE rfx_user.a ADD CONSTRAINT a_x_check CHECK ((x <> ''::text));
ALTER TABLE rfx_user.d DROP CONSTRAINT b_x_check;
