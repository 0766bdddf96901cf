-- upgrade
ALTER TABLE rfx_user.profile SET (fillfactor=80);

-- downgrade
ALTER TABLE rfx_user.profile SET (fillfactor=70);
