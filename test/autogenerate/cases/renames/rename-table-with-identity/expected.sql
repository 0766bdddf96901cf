-- upgrade
ALTER TABLE rfx_user.person RENAME TO human;
ALTER SEQUENCE rfx_user.person_id_seq RENAME TO human_id_seq;
ALTER TABLE rfx_user.human RENAME CONSTRAINT person_boss_fkey TO human_boss_fkey;
ALTER TABLE rfx_user.human RENAME CONSTRAINT person_pkey TO human_pkey;

-- downgrade
ALTER TABLE rfx_user.human RENAME TO person;
ALTER SEQUENCE rfx_user.human_id_seq RENAME TO person_id_seq;
ALTER TABLE rfx_user.person RENAME CONSTRAINT human_boss_fkey TO person_boss_fkey;
ALTER TABLE rfx_user.person RENAME CONSTRAINT human_pkey TO person_pkey;
