-- upgrade
ALTER TABLE rfx_user.par RENAME COLUMN a TO z;
ALTER TABLE rfx_user.chi ALTER COLUMN b TYPE bigint;
ALTER TABLE rfx_user.par ALTER COLUMN z TYPE character varying(10) USING coalesce(left(z, 10), '');
ALTER TABLE rfx_user.par ALTER COLUMN z SET NOT NULL;

-- downgrade
ALTER TABLE rfx_user.par RENAME COLUMN z TO a;
ALTER TABLE rfx_user.chi ALTER COLUMN b TYPE integer;
ALTER TABLE rfx_user.par ALTER COLUMN a DROP NOT NULL;
ALTER TABLE rfx_user.par ALTER COLUMN a TYPE text;
ALTER TABLE rfx_user.chi ALTER COLUMN a DROP NOT NULL;
