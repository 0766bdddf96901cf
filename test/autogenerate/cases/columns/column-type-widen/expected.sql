-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN id TYPE bigint;
ALTER TABLE rfx_user.t ALTER COLUMN n TYPE integer;
ALTER TABLE rfx_user.t ALTER COLUMN v TYPE character varying(100);

-- downgrade
ALTER TABLE rfx_user.t ALTER COLUMN id TYPE integer;
ALTER TABLE rfx_user.t ALTER COLUMN n TYPE smallint;
ALTER TABLE rfx_user.t ALTER COLUMN v TYPE character varying(10);
