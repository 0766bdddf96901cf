CREATE TABLE rfx_user.account (id bigint PRIMARY KEY);
CREATE TABLE rfx_policy.grant_of (id bigint PRIMARY KEY, account bigint REFERENCES rfx_user.account);
