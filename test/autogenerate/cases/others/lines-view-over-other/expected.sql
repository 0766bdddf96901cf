-- upgrade
CREATE VIEW rfx_message.v AS
 SELECT id
   FROM rfx_user.account;

-- downgrade
DROP VIEW rfx_message.v;
