-- upgrade
CREATE EXTENSION citext SCHEMA rfx_user;
CREATE TABLE rfx_user.t (id integer, v rfx_user.citext);

-- downgrade
DROP TABLE rfx_user.t;
DROP EXTENSION citext;
