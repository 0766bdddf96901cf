CREATE TABLE rfx_user.account (id bigint PRIMARY KEY);
CREATE VIEW rfx_message.v AS SELECT id FROM rfx_user.account;
