-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN v RESET (n_distinct);
ALTER TABLE rfx_user.t ALTER COLUMN v SET (n_distinct_inherited = '-0.5');

-- downgrade
ALTER TABLE rfx_user.t ALTER COLUMN v RESET (n_distinct_inherited);
ALTER TABLE rfx_user.t ALTER COLUMN v SET (n_distinct = '5');
