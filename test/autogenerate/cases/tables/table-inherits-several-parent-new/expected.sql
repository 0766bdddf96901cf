-- upgrade
ALTER TABLE rfx_user.c NO INHERIT rfx_user.gone;
LOCK TABLE rfx_user.c IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user.c__mig_rows AS SELECT id, old, own FROM rfx_user.c;
DROP TABLE rfx_user.c;
DROP TABLE rfx_user.gone;
CREATE TABLE rfx_user.fresh (
  stamp timestamp with time zone NOT NULL DEFAULT now(),
  own   text
);
CREATE TABLE rfx_user.c () INHERITS (rfx_user.a, rfx_user.fresh);
INSERT INTO rfx_user.c (id, own) SELECT id::integer, own::text FROM rfx_user.c__mig_rows;
DROP TABLE rfx_user.c__mig_rows;

-- downgrade
ALTER TABLE rfx_user.c NO INHERIT rfx_user.fresh;
LOCK TABLE rfx_user.c IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user.c__mig_rows AS SELECT id, stamp, own FROM rfx_user.c;
DROP TABLE rfx_user.c;
DROP TABLE rfx_user.fresh;
CREATE TABLE rfx_user.gone (old text);
CREATE TABLE rfx_user.c () INHERITS (rfx_user.a, rfx_user.gone);
ALTER TABLE rfx_user.c ADD COLUMN own text;
INSERT INTO rfx_user.c (id, own) SELECT id::integer, own::text FROM rfx_user.c__mig_rows;
DROP TABLE rfx_user.c__mig_rows;
