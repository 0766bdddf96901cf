-- upgrade
ALTER TABLE rfx_user.p RENAME COLUMN at TO day;
ALTER TABLE rfx_user.p RENAME TO q;
ALTER TABLE rfx_user.p_1 RENAME TO q_1;
ALTER TABLE rfx_user.q RENAME CONSTRAINT p_pkey TO q_pkey;
ALTER INDEX rfx_user.p_at_idx RENAME TO q_day_idx;
ALTER TABLE rfx_user.q ALTER COLUMN id TYPE bigint;
ALTER INDEX rfx_user.p_1_at_idx RENAME TO q_1_day_idx;

-- downgrade
ALTER TABLE rfx_user.q RENAME COLUMN day TO at;
ALTER TABLE rfx_user.q RENAME TO p;
ALTER TABLE rfx_user.q_1 RENAME TO p_1;
ALTER TABLE rfx_user.p RENAME CONSTRAINT q_pkey TO p_pkey;
ALTER INDEX rfx_user.q_day_idx RENAME TO p_at_idx;
ALTER TABLE rfx_user.p ALTER COLUMN id TYPE integer;
ALTER INDEX rfx_user.q_1_day_idx RENAME TO p_1_at_idx;
