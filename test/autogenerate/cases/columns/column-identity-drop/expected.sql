-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN id DROP IDENTITY;

-- downgrade
ALTER TABLE rfx_user.t ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY;
SELECT setval('rfx_user.t_id_seq', max(id)) FROM rfx_user.t HAVING max(id) >= (SELECT last_value FROM rfx_user.t_id_seq);
