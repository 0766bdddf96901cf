-- upgrade
DROP INDEX rfx_user.i1;
DROP TABLE rfx_user.other;
CREATE INDEX other ON rfx_user.t USING btree (b);

-- downgrade
ALTER INDEX rfx_user.other RENAME TO i1;
CREATE TABLE rfx_user.other (id integer);
