-- upgrade
ALTER TABLE rfx_user.booking ADD CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&) WHERE ((id > 0));

-- downgrade
ALTER TABLE rfx_user.booking DROP CONSTRAINT no_overlap;
