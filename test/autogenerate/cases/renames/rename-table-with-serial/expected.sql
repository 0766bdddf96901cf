-- upgrade
ALTER TABLE rfx_user.profile RENAME TO person;
ALTER TABLE rfx_user.person RENAME CONSTRAINT profile_name_key TO person_name_key;
ALTER TABLE rfx_user.person RENAME CONSTRAINT profile_pkey TO person_pkey;
ALTER SEQUENCE rfx_user.profile_id_seq RENAME TO person_id_seq;
ALTER TABLE rfx_user.person ADD COLUMN age integer;

-- downgrade
ALTER TABLE rfx_user.person RENAME TO profile;
ALTER TABLE rfx_user.profile RENAME CONSTRAINT person_name_key TO profile_name_key;
ALTER TABLE rfx_user.profile RENAME CONSTRAINT person_pkey TO profile_pkey;
ALTER SEQUENCE rfx_user.person_id_seq RENAME TO profile_id_seq;
ALTER TABLE rfx_user.profile DROP COLUMN age;
