-- upgrade
DROP VIEW rfx_user.v;
DROP AGGREGATE rfx_user.total(integer);
CREATE AGGREGATE rfx_user.total(integer) (SFUNC = rfx_user.acc, STYPE = integer, INITCOND = '5');
CREATE VIEW rfx_user.v AS
 SELECT rfx_user.total(x) AS t
   FROM generate_series(1, 3) x(x);

-- downgrade
DROP VIEW rfx_user.v;
DROP AGGREGATE rfx_user.total(integer);
CREATE AGGREGATE rfx_user.total(integer) (SFUNC = rfx_user.acc, STYPE = integer, INITCOND = '0');
CREATE VIEW rfx_user.v AS
 SELECT rfx_user.total(x) AS t
   FROM generate_series(1, 3) x(x);
