-- upgrade
CREATE UNIQUE INDEX event_created ON rfx_user.event USING btree (run, kind) WHERE ((kind)::text = ANY (((ARRAY['step'::character varying, 'it''s'::character varying, 'a, b]'::character varying])::character varying[])::text[]));
CREATE INDEX event_other ON rfx_user.event USING btree ((((kind)::text <> ALL (((ARRAY['x'::character varying, 'y'::character varying])::character varying[])::text[]))));

-- downgrade
DROP INDEX rfx_user.event_created;
DROP INDEX rfx_user.event_other;
