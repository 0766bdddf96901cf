-- upgrade
DROP INDEX rfx_user.i;
ALTER TABLE rfx_user.t DROP COLUMN at;
ALTER TABLE rfx_user.t ADD COLUMN at timestamp without time zone;
CREATE INDEX i ON rfx_user.t USING btree (at);

-- downgrade
ALTER TABLE rfx_user.t ALTER COLUMN at TYPE time without time zone USING at::time without time zone;
