-- upgrade
ALTER TABLE rfx_user.job_c ALTER COLUMN id SET NOT NULL;
ALTER TABLE rfx_user.job_c ALTER COLUMN kind SET NOT NULL;
ALTER TABLE rfx_user.job_c ADD CONSTRAINT job_kind_check CHECK ((kind <> ''::text));
ALTER TABLE rfx_user.job_c INHERIT rfx_user.job;
CREATE TABLE rfx_user.job_d () INHERITS (rfx_user.job);
ALTER TABLE rfx_user.job ADD COLUMN at date;
ALTER TABLE rfx_user.job_d ADD COLUMN own integer;
ALTER TABLE rfx_user.job ALTER COLUMN id SET DEFAULT 2;
ALTER TABLE rfx_user.job_a ALTER COLUMN kind SET DEFAULT 'b'::text;
COMMENT ON COLUMN rfx_user.job_a.kind IS 'always a';
ALTER TABLE rfx_user.job_b ALTER COLUMN id SET DEFAULT 5;
COMMENT ON COLUMN rfx_user.job_b.id IS 'the b''s';
COMMENT ON COLUMN rfx_user.job_b.kind IS NULL;
ALTER TABLE rfx_user.job_c ALTER COLUMN id SET DEFAULT 1;

-- downgrade
ALTER TABLE rfx_user.job_c NO INHERIT rfx_user.job;
ALTER TABLE rfx_user.job_c DROP CONSTRAINT job_kind_check;
ALTER TABLE rfx_user.job DROP COLUMN at;
ALTER TABLE rfx_user.job_c DROP COLUMN at;
DROP TABLE rfx_user.job_d;
ALTER TABLE rfx_user.job ALTER COLUMN id SET DEFAULT 1;
ALTER TABLE rfx_user.job_a ALTER COLUMN kind SET DEFAULT 'a'::text;
COMMENT ON COLUMN rfx_user.job_a.kind IS NULL;
ALTER TABLE rfx_user.job_b ALTER COLUMN id SET DEFAULT 1;
COMMENT ON COLUMN rfx_user.job_b.id IS NULL;
COMMENT ON COLUMN rfx_user.job_b.kind IS 'b';
