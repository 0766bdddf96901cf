-- upgrade of policy
ALTER TABLE rfx_user.p SET SCHEMA rfx_policy;
ALTER TABLE rfx_policy.p RENAME TO q;
ALTER TABLE rfx_policy.q RENAME COLUMN s TO t;
ALTER TABLE rfx_policy.q RENAME CONSTRAINT p_pkey TO q_pkey;
ALTER TABLE rfx_policy.q ALTER COLUMN t TYPE character varying(20);
-- upgrade of user
CREATE TABLE rfx_user.keep (x date);

-- downgrade of user
DROP TABLE rfx_user.keep;
-- downgrade of policy
ALTER TABLE rfx_policy.q SET SCHEMA rfx_user;
ALTER TABLE rfx_user.q RENAME TO p;
ALTER TABLE rfx_user.p RENAME COLUMN t TO s;
ALTER TABLE rfx_user.p RENAME CONSTRAINT q_pkey TO p_pkey;
ALTER TABLE rfx_user.p ALTER COLUMN s TYPE text;
