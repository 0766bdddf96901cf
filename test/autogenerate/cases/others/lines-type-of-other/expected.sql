-- upgrade of policy
ALTER TABLE rfx_policy.t ALTER COLUMN k DROP DEFAULT;
-- upgrade of user
ALTER TYPE rfx_user.k RENAME TO k__replaced;
CREATE TYPE rfx_user.k AS ENUM ('b', 'a', 'c');
ALTER TABLE rfx_policy.t ALTER COLUMN k TYPE rfx_user.k USING k::text::rfx_user.k;
DROP TYPE rfx_user.k__replaced;
-- upgrade of policy
ALTER TABLE rfx_policy.t ALTER COLUMN k SET DEFAULT 'c'::rfx_user.k;

-- downgrade of policy
ALTER TABLE rfx_policy.t ALTER COLUMN k DROP DEFAULT;
-- downgrade of user
ALTER TYPE rfx_user.k RENAME TO k__replaced;
CREATE TYPE rfx_user.k AS ENUM ('a', 'b');
ALTER TABLE rfx_policy.t ALTER COLUMN k TYPE rfx_user.k USING k::text::rfx_user.k;
DROP TYPE rfx_user.k__replaced;
-- downgrade of policy
ALTER TABLE rfx_policy.t ALTER COLUMN k SET DEFAULT 'a'::rfx_user.k;
