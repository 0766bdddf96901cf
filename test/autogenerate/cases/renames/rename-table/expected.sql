-- upgrade
ALTER TABLE rfx_user.profile RENAME TO person;
ALTER TABLE rfx_user.person RENAME CONSTRAINT profile_pkey TO person_pkey;

-- downgrade
ALTER TABLE rfx_user.person RENAME TO profile;
ALTER TABLE rfx_user.profile RENAME CONSTRAINT person_pkey TO profile_pkey;
