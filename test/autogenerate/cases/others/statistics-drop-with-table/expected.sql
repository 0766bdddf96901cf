-- upgrade
DROP TABLE rfx_user.t;

-- downgrade
CREATE TABLE rfx_user.t (a integer, b integer);
CREATE STATISTICS rfx_user.s ON a, b FROM rfx_user.t;
