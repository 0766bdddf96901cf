-- upgrade
ALTER FUNCTION rfx_user.double(integer) RENAME TO twice;
ALTER SEQUENCE rfx_user.counter RENAME TO numbers;
ALTER VIEW rfx_user.v RENAME TO w;
ALTER MATERIALIZED VIEW rfx_user.m RENAME TO mm;

-- downgrade
ALTER FUNCTION rfx_user.twice(integer) RENAME TO double;
ALTER SEQUENCE rfx_user.numbers RENAME TO counter;
ALTER VIEW rfx_user.w RENAME TO v;
ALTER MATERIALIZED VIEW rfx_user.mm RENAME TO m;
