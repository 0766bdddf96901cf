-- upgrade
CREATE UNIQUE INDEX u ON rfx_user.profile USING btree (lower(email) text_pattern_ops DESC NULLS LAST) INCLUDE (name) NULLS NOT DISTINCT WITH (fillfactor='50') WHERE (email IS NOT NULL);

-- downgrade
DROP INDEX rfx_user.u;
