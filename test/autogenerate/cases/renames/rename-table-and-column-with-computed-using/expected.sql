-- upgrade
ALTER TABLE rfx_user.t RENAME COLUMN name TO size;
ALTER TABLE rfx_user.t RENAME TO u;
ALTER TABLE rfx_user.u RENAME CONSTRAINT t_pkey TO u_pkey;
ALTER TABLE rfx_user.u ALTER COLUMN size TYPE integer USING length(u.size);

-- downgrade
ALTER TABLE rfx_user.u RENAME COLUMN size TO name;
ALTER TABLE rfx_user.u RENAME TO t;
ALTER TABLE rfx_user.t RENAME CONSTRAINT u_pkey TO t_pkey;
ALTER TABLE rfx_user.t ALTER COLUMN name TYPE text;
