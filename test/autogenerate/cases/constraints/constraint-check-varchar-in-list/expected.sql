-- upgrade
ALTER TABLE rfx_user.event DROP CONSTRAINT known;
ALTER TABLE rfx_user.event ADD COLUMN state character varying DEFAULT 'on'::character varying;
ALTER TABLE rfx_user.event ADD COLUMN is_known boolean GENERATED ALWAYS AS (((kind)::text = ANY (((ARRAY['a'::character varying, 'b'::character varying])::character varying[])::text[]))) STORED;
CREATE DOMAIN rfx_user.word AS character varying CONSTRAINT word_check CHECK (((VALUE)::text = ANY (((ARRAY['yes'::character varying, 'no'::character varying])::character varying[])::text[])));
ALTER TABLE rfx_user.event ADD CONSTRAINT event_state_check CHECK (((state)::text = ANY (((ARRAY['on'::character varying, 'off'::character varying])::character varying[])::text[])));
ALTER TABLE rfx_user.event ADD CONSTRAINT known CHECK (((kind)::text = ANY (((ARRAY['a'::character varying, 'b'::character varying, 'c'::character varying])::character varying[])::text[])));

-- downgrade
ALTER TABLE rfx_user.event DROP CONSTRAINT event_state_check;
ALTER TABLE rfx_user.event DROP CONSTRAINT known;
DROP DOMAIN rfx_user.word;
ALTER TABLE rfx_user.event DROP COLUMN is_known;
ALTER TABLE rfx_user.event DROP COLUMN state;
ALTER TABLE rfx_user.event ADD CONSTRAINT known CHECK (((kind)::text = ANY (((ARRAY['a'::character varying, 'b'::character varying])::character varying[])::text[])));
