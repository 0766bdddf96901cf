-- upgrade
ALTER TABLE rfx_user.l RENAME TO l__renamed;
ALTER TABLE rfx_user.r RENAME TO l;
ALTER TABLE rfx_user.l__renamed RENAME TO r;
ALTER TABLE rfx_user.l RENAME CONSTRAINT r_right_text_key TO l_right_text_key;
ALTER TABLE rfx_user.r RENAME CONSTRAINT l_left_text_key TO r_left_text_key;
ALTER TABLE rfx_user.l RENAME CONSTRAINT r_pkey TO r_pkey__renamed;
ALTER TABLE rfx_user.r RENAME CONSTRAINT l_pkey TO r_pkey;
ALTER TABLE rfx_user.l RENAME CONSTRAINT r_pkey__renamed TO l_pkey;
ALTER INDEX rfx_user.l_lower RENAME TO l_lower__renamed;
ALTER INDEX rfx_user.r_lower RENAME TO l_lower;
ALTER INDEX rfx_user.l_lower__renamed RENAME TO r_lower;
ALTER SEQUENCE rfx_user.l_id_seq RENAME TO l_id_seq__renamed;
ALTER SEQUENCE rfx_user.r_id_seq RENAME TO l_id_seq;
ALTER SEQUENCE rfx_user.l_id_seq__renamed RENAME TO r_id_seq;

-- downgrade
ALTER TABLE rfx_user.r RENAME TO r__renamed;
ALTER TABLE rfx_user.l RENAME TO r;
ALTER TABLE rfx_user.r__renamed RENAME TO l;
ALTER TABLE rfx_user.l RENAME CONSTRAINT r_left_text_key TO l_left_text_key;
ALTER TABLE rfx_user.r RENAME CONSTRAINT l_right_text_key TO r_right_text_key;
ALTER TABLE rfx_user.l RENAME CONSTRAINT r_pkey TO r_pkey__renamed;
ALTER TABLE rfx_user.r RENAME CONSTRAINT l_pkey TO r_pkey;
ALTER TABLE rfx_user.l RENAME CONSTRAINT r_pkey__renamed TO l_pkey;
ALTER INDEX rfx_user.l_lower RENAME TO l_lower__renamed;
ALTER INDEX rfx_user.r_lower RENAME TO l_lower;
ALTER INDEX rfx_user.l_lower__renamed RENAME TO r_lower;
ALTER SEQUENCE rfx_user.l_id_seq RENAME TO l_id_seq__renamed;
ALTER SEQUENCE rfx_user.r_id_seq RENAME TO l_id_seq;
ALTER SEQUENCE rfx_user.l_id_seq__renamed RENAME TO r_id_seq;
