CREATE EXTENSION citext SCHEMA rfx_user; CREATE TABLE t (id int, v rfx_user.citext);
