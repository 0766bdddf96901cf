-- upgrade
ALTER TABLE rfx_user.t RENAME CONSTRAINT v_there TO v_present;

-- downgrade
ALTER TABLE rfx_user.t RENAME CONSTRAINT v_present TO v_there;
