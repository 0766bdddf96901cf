-- upgrade of user
CREATE TABLE rfx_user.account (
  id bigint NOT NULL,
  CONSTRAINT account_pkey PRIMARY KEY (id)
);
-- upgrade of policy
CREATE TABLE rfx_policy.grant_of (
  id      bigint NOT NULL,
  account bigint,
  CONSTRAINT grant_of_pkey PRIMARY KEY (id)
);
ALTER TABLE rfx_policy.grant_of ADD CONSTRAINT grant_of_account_fkey FOREIGN KEY (account) REFERENCES rfx_user.account(id);

-- downgrade of policy
ALTER TABLE rfx_policy.grant_of DROP CONSTRAINT grant_of_account_fkey;
DROP TABLE rfx_policy.grant_of;
-- downgrade of user
DROP TABLE rfx_user.account;
