-- upgrade
ALTER TABLE rfx_user.t DROP CONSTRAINT t_v_check;
ALTER TABLE rfx_user.t ALTER COLUMN v TYPE text;
ALTER TABLE rfx_user.t ADD CONSTRAINT t_v_check CHECK ((v <> ''::text));

-- downgrade
ALTER TABLE rfx_user.t DROP CONSTRAINT t_v_check;
ALTER TABLE rfx_user.t ALTER COLUMN v TYPE character varying(10);
ALTER TABLE rfx_user.t ADD CONSTRAINT t_v_check CHECK (((v)::text <> ''::text));
