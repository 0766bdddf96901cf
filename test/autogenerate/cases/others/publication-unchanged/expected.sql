-- upgrade
CREATE PUBLICATION names FOR TABLE rfx_user.profile (id, name) WHERE ((id > 0)) WITH (publish = 'insert, update, delete, truncate');

-- downgrade
DROP PUBLICATION names;
