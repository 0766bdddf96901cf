-- upgrade
DROP VIEW rfx_user.v;
ALTER TABLE rfx_user.profile DROP COLUMN email;
CREATE VIEW rfx_user.v AS
 SELECT id
   FROM rfx_user.profile;

-- downgrade
ALTER TABLE rfx_user.profile ADD COLUMN email text;
CREATE OR REPLACE VIEW rfx_user.v AS
 SELECT id,
    email
   FROM rfx_user.profile;
