-- upgrade
ALTER TABLE rfx_user.t RENAME COLUMN b TO b2;
ALTER TABLE rfx_user.t RENAME TO u;
ALTER TABLE rfx_user.u RENAME CONSTRAINT t_pkey TO u_pkey;
ALTER TABLE rfx_user.u DROP COLUMN b2;
ALTER TABLE rfx_user.u ADD COLUMN b2 integer GENERATED ALWAYS AS ((a * 2)) STORED;

-- downgrade
ALTER TABLE rfx_user.u RENAME COLUMN b2 TO b;
ALTER TABLE rfx_user.u RENAME TO t;
ALTER TABLE rfx_user.t ALTER COLUMN b DROP EXPRESSION;
ALTER TABLE rfx_user.t RENAME CONSTRAINT u_pkey TO t_pkey;
