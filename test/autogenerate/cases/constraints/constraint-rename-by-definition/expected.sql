-- upgrade
ALTER TABLE rfx_user.t RENAME CONSTRAINT one TO uno;
ALTER TABLE rfx_user.t RENAME CONSTRAINT two TO due;

-- downgrade
ALTER TABLE rfx_user.t RENAME CONSTRAINT due TO two;
ALTER TABLE rfx_user.t RENAME CONSTRAINT uno TO one;
