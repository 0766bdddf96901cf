-- upgrade
ALTER TABLE rfx_user.t ADD CONSTRAINT t_key PRIMARY KEY (id);

-- downgrade
ALTER TABLE rfx_user.t DROP CONSTRAINT t_key;
