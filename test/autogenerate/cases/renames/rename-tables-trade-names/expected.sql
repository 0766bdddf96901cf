-- upgrade
ALTER TABLE rfx_user.a RENAME TO a__renamed;
ALTER TABLE rfx_user.b RENAME TO a;
ALTER TABLE rfx_user.a__renamed RENAME TO b;
ALTER SEQUENCE rfx_user.b_id_seq RENAME TO b_id_seq__renamed;
ALTER SEQUENCE rfx_user.a_id_seq RENAME TO b_id_seq;
ALTER SEQUENCE rfx_user.b_id_seq__renamed RENAME TO a_id_seq;
ALTER TABLE rfx_user.a RENAME CONSTRAINT b_pkey TO b_pkey__renamed;
ALTER TABLE rfx_user.b RENAME CONSTRAINT a_pkey TO b_pkey;
ALTER TABLE rfx_user.a RENAME CONSTRAINT b_pkey__renamed TO a_pkey;
ALTER TABLE rfx_user.a RENAME CONSTRAINT b_x_key TO b_x_key__renamed;
ALTER TABLE rfx_user.b RENAME CONSTRAINT a_x_key TO b_x_key;
ALTER TABLE rfx_user.a RENAME CONSTRAINT b_x_key__renamed TO a_x_key;
ALTER INDEX rfx_user.a_b_idx RENAME TO a_b_idx__renamed;
ALTER INDEX rfx_user.b_b_idx RENAME TO a_b_idx;
ALTER INDEX rfx_user.a_b_idx__renamed RENAME TO b_b_idx;

-- downgrade
ALTER TABLE rfx_user.b RENAME TO b__renamed;
ALTER TABLE rfx_user.a RENAME TO b;
ALTER TABLE rfx_user.b__renamed RENAME TO a;
ALTER SEQUENCE rfx_user.a_id_seq RENAME TO a_id_seq__renamed;
ALTER SEQUENCE rfx_user.b_id_seq RENAME TO a_id_seq;
ALTER SEQUENCE rfx_user.a_id_seq__renamed RENAME TO b_id_seq;
ALTER TABLE rfx_user.a RENAME CONSTRAINT b_pkey TO b_pkey__renamed;
ALTER TABLE rfx_user.b RENAME CONSTRAINT a_pkey TO b_pkey;
ALTER TABLE rfx_user.a RENAME CONSTRAINT b_pkey__renamed TO a_pkey;
ALTER TABLE rfx_user.a RENAME CONSTRAINT b_x_key TO b_x_key__renamed;
ALTER TABLE rfx_user.b RENAME CONSTRAINT a_x_key TO b_x_key;
ALTER TABLE rfx_user.a RENAME CONSTRAINT b_x_key__renamed TO a_x_key;
ALTER INDEX rfx_user.a_b_idx RENAME TO a_b_idx__renamed;
ALTER INDEX rfx_user.b_b_idx RENAME TO a_b_idx;
ALTER INDEX rfx_user.a_b_idx__renamed RENAME TO b_b_idx;
