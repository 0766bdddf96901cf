-- upgrade of message
DROP VIEW rfx_message.v;
-- upgrade of user
ALTER TABLE rfx_user.account ALTER COLUMN id TYPE integer;
-- upgrade of message
CREATE VIEW rfx_message.v AS
 SELECT id
   FROM rfx_user.account;

-- downgrade of message
DROP VIEW rfx_message.v;
-- downgrade of user
ALTER TABLE rfx_user.account ALTER COLUMN id TYPE bigint;
-- downgrade of message
CREATE VIEW rfx_message.v AS
 SELECT id
   FROM rfx_user.account;
