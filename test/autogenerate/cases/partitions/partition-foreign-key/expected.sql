-- upgrade
ALTER TABLE rfx_user.event ADD CONSTRAINT event_id_fkey FOREIGN KEY (id) REFERENCES rfx_user.p(id);

-- downgrade
ALTER TABLE rfx_user.event DROP CONSTRAINT event_id_fkey;
