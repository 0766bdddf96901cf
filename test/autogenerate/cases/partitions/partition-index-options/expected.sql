-- upgrade
CREATE TABLE rfx_user.t2 PARTITION OF rfx_user.t FOR VALUES FROM (10) TO (20);
ALTER INDEX rfx_user.t1_a_idx SET (fillfactor = '40');
ALTER INDEX rfx_user.t2_a_idx SET (fillfactor = '60');
COMMENT ON INDEX rfx_user.t2_a_idx IS 'of the second';

-- downgrade
DROP TABLE rfx_user.t2;
ALTER INDEX rfx_user.t1_a_idx RESET (fillfactor);
