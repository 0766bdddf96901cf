-- upgrade
DROP INDEX rfx_user.place_owner_name;
ALTER TABLE rfx_user.place DROP CONSTRAINT place_owner_id_fkey;
ALTER TABLE rfx_user.place DROP COLUMN owner_id;
CREATE UNIQUE INDEX place_name ON rfx_user.place USING btree (name);

-- downgrade
DROP INDEX rfx_user.place_name;
ALTER TABLE rfx_user.place ADD COLUMN owner_id bigint;
UPDATE rfx_user.place SET owner_id = (SELECT min(id) FROM rfx_user.owner) WHERE owner_id IS NULL;
ALTER TABLE rfx_user.place ALTER COLUMN owner_id SET NOT NULL;
ALTER TABLE rfx_user.place ADD CONSTRAINT place_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES rfx_user.owner(id);
CREATE UNIQUE INDEX place_owner_name ON rfx_user.place USING btree (owner_id, name);
