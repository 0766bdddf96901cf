-- upgrade
CREATE EXTENSION postgres_fdw SCHEMA rfx_user;
CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'elsewhere.invalid');
CREATE FOREIGN TABLE rfx_user.log () SERVER elsewhere OPTIONS (table_name 'log');
ALTER TABLE rfx_user.log ADD COLUMN line text;

-- downgrade
DROP FOREIGN TABLE rfx_user.log;
DROP SERVER elsewhere;
DROP EXTENSION postgres_fdw;
