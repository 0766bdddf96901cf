-- upgrade
ALTER TABLE rfx_user.event ADD CONSTRAINT event_kind_check CHECK ((kind <> ''::text));

-- downgrade
ALTER TABLE rfx_user.event DROP CONSTRAINT event_kind_check;
