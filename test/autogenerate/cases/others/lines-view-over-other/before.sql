CREATE TABLE rfx_user.account (id bigint PRIMARY KEY);
