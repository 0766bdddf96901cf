-- upgrade
DROP AGGREGATE rfx_user.total(integer);
CREATE AGGREGATE rfx_user.total(integer) (SFUNC = rfx_user.acc, STYPE = integer, INITCOND = '5');

-- downgrade
DROP AGGREGATE rfx_user.total(integer);
CREATE AGGREGATE rfx_user.total(integer) (SFUNC = rfx_user.acc, STYPE = integer, INITCOND = '0');
