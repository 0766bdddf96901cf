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
DROP INDEX rfx_user.a_b_idx;
DROP INDEX rfx_user.b_b_idx;
ALTER TABLE rfx_user.b ALTER COLUMN id SET DEFAULT nextval('rfx_user.b_id_seq'::regclass);
SELECT setval('rfx_user.b_id_seq', max(id)) FROM rfx_user.b HAVING max(id) >= (SELECT last_value FROM rfx_user.b_id_seq);
CREATE INDEX a_b_idx ON rfx_user.a USING btree (b);
CREATE INDEX b_b_idx ON rfx_user.b USING btree (b);

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
DROP INDEX rfx_user.a_b_idx;
DROP INDEX rfx_user.b_b_idx;
ALTER TABLE rfx_user.a ALTER COLUMN id SET DEFAULT nextval('rfx_user.a_id_seq'::regclass);
SELECT setval('rfx_user.a_id_seq', max(id)) FROM rfx_user.a HAVING max(id) >= (SELECT last_value FROM rfx_user.a_id_seq);
CREATE INDEX a_b_idx ON rfx_user.a USING btree (b);
CREATE INDEX b_b_idx ON rfx_user.b USING btree (b);
