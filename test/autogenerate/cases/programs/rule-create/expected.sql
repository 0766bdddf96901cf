-- upgrade
CREATE RULE no_delete AS
    ON DELETE TO rfx_user.profile
   WHERE (old.id = 1) DO INSTEAD NOTHING;

-- downgrade
DROP RULE no_delete ON rfx_user.profile;
