-- upgrade
ALTER TABLE rfx_user.a RENAME TO account;
ALTER SEQUENCE rfx_user.a_id_seq RENAME TO account_id_seq;
ALTER TABLE rfx_user.account RENAME CONSTRAINT a_pkey TO account_pkey;
ALTER TABLE rfx_user.account RENAME CONSTRAINT a_x1_key TO account_x1_key;
ALTER TABLE rfx_user.account RENAME CONSTRAINT a_x3_check TO account_x3_check;
ALTER INDEX rfx_user.a_x2_idx RENAME TO account_x2_idx;
ALTER TRIGGER a_touch ON rfx_user.account RENAME TO account_touch;
ALTER POLICY a_all ON rfx_user.account RENAME TO account_all;

-- downgrade
ALTER TABLE rfx_user.account RENAME TO a;
ALTER SEQUENCE rfx_user.account_id_seq RENAME TO a_id_seq;
ALTER TABLE rfx_user.a RENAME CONSTRAINT account_pkey TO a_pkey;
ALTER TABLE rfx_user.a RENAME CONSTRAINT account_x1_key TO a_x1_key;
ALTER TABLE rfx_user.a RENAME CONSTRAINT account_x3_check TO a_x3_check;
ALTER INDEX rfx_user.account_x2_idx RENAME TO a_x2_idx;
ALTER TRIGGER account_touch ON rfx_user.a RENAME TO a_touch;
ALTER POLICY account_all ON rfx_user.a RENAME TO a_all;
