-- upgrade
DROP RULE r ON rfx_user.profile;
CREATE RULE r AS
    ON UPDATE TO rfx_user.profile DO ( SELECT 1 AS "?column?";
 SELECT 2 AS "?column?";
);
ALTER TABLE rfx_user.profile DISABLE RULE r;

-- downgrade
DROP RULE r ON rfx_user.profile;
CREATE RULE r AS
    ON DELETE TO rfx_user.profile DO INSTEAD NOTHING;
