-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN c TYPE timestamp with time zone USING c AT TIME ZONE 'Europe/Berlin';
ALTER TABLE rfx_user.t ALTER COLUMN d DROP DEFAULT;
ALTER TABLE rfx_user.t ALTER COLUMN d TYPE timestamp with time zone USING d::timestamp AT TIME ZONE 'UTC';
ALTER TABLE rfx_user.t ALTER COLUMN d SET DEFAULT '2020-01-01 00:00:00+00'::timestamp with time zone;
ALTER TABLE rfx_user.t ALTER COLUMN e TYPE text USING to_char(e AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US');
ALTER TABLE rfx_user.t ALTER COLUMN f TYPE time with time zone USING (f::text || ' UTC')::timetz;
ALTER TABLE rfx_user.t ALTER COLUMN g TYPE date USING to_date(g, 'YYYY-MM-DD');
ALTER TABLE rfx_user.t ALTER COLUMN m TYPE numeric USING m::numeric;

-- downgrade
ALTER TABLE rfx_user.t ALTER COLUMN c TYPE timestamp without time zone USING c AT TIME ZONE 'Europe/Berlin';
ALTER TABLE rfx_user.t ALTER COLUMN d DROP DEFAULT;
ALTER TABLE rfx_user.t ALTER COLUMN d TYPE date USING (d AT TIME ZONE 'UTC')::date;
ALTER TABLE rfx_user.t ALTER COLUMN d SET DEFAULT '2020-01-01'::date;
ALTER TABLE rfx_user.t ALTER COLUMN e TYPE timestamp with time zone USING e::timestamp AT TIME ZONE 'UTC';
ALTER TABLE rfx_user.t ALTER COLUMN f TYPE time without time zone USING (f AT TIME ZONE 'UTC')::time;
ALTER TABLE rfx_user.t ALTER COLUMN g TYPE text USING to_char(g, 'YYYY-MM-DD');
ALTER TABLE rfx_user.t ALTER COLUMN m TYPE money USING m::money;
