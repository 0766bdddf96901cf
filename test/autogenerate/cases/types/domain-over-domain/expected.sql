-- upgrade
CREATE DOMAIN rfx_user.a AS text CONSTRAINT a_check CHECK ((VALUE <> ''::text));
CREATE DOMAIN rfx_user.b AS rfx_user.a CONSTRAINT b_check CHECK ((length((VALUE)::text) < 9));
CREATE TABLE rfx_user.t (x rfx_user.b);

-- downgrade
DROP TABLE rfx_user.t;
DROP DOMAIN rfx_user.b;
DROP DOMAIN rfx_user.a;
