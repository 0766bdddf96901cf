-- upgrade
ALTER TABLE rfx_user.c DROP CONSTRAINT c_p_fkey;
ALTER TABLE rfx_user.c ALTER COLUMN p TYPE text;
ALTER TABLE rfx_user.p ALTER COLUMN id TYPE text;
ALTER TABLE rfx_user.c ADD CONSTRAINT c_p_fkey FOREIGN KEY (p) REFERENCES rfx_user.p(id);

-- downgrade
ALTER TABLE rfx_user.c DROP CONSTRAINT c_p_fkey;
ALTER TABLE rfx_user.c ALTER COLUMN p TYPE integer USING p::integer;
ALTER TABLE rfx_user.p ALTER COLUMN id TYPE integer USING id::integer;
ALTER TABLE rfx_user.c ADD CONSTRAINT c_p_fkey FOREIGN KEY (p) REFERENCES rfx_user.p(id);
