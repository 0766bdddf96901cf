-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN k DROP DEFAULT;
DROP SEQUENCE rfx_user.t_k_seq;
ALTER TABLE rfx_user.t ALTER COLUMN k DROP NOT NULL;
ALTER TABLE rfx_user.t ALTER COLUMN k TYPE text;
ALTER TABLE rfx_user.t ALTER COLUMN k SET DEFAULT (gen_random_uuid())::text;

-- downgrade
CREATE SEQUENCE rfx_user.t_k_seq AS integer;
ALTER SEQUENCE rfx_user.t_k_seq OWNED BY rfx_user.t.k;
ALTER TABLE rfx_user.t ALTER COLUMN k DROP DEFAULT;
ALTER TABLE rfx_user.t ALTER COLUMN k TYPE integer USING k::integer;
ALTER TABLE rfx_user.t ALTER COLUMN k SET NOT NULL;
ALTER TABLE rfx_user.t ALTER COLUMN k SET DEFAULT nextval('rfx_user.t_k_seq'::regclass);
SELECT setval('rfx_user.t_k_seq', max(k)) FROM rfx_user.t HAVING max(k) >= (SELECT last_value FROM rfx_user.t_k_seq);
