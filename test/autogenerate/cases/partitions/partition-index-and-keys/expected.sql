-- upgrade
ALTER TABLE rfx_user.event ALTER COLUMN id SET NOT NULL;
ALTER TABLE rfx_user.event ADD CONSTRAINT event_pkey PRIMARY KEY (id, at);
CREATE INDEX by_kind ON rfx_user.event USING btree (kind);
CREATE INDEX only_2026 ON rfx_user.event_2026 USING btree (id);

-- downgrade
DROP INDEX rfx_user.by_kind;
DROP INDEX rfx_user.only_2026;
ALTER TABLE rfx_user.event DROP CONSTRAINT event_pkey;
ALTER TABLE rfx_user.event ALTER COLUMN id DROP NOT NULL;
