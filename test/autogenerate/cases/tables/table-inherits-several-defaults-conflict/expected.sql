-- upgrade
CREATE TABLE rfx_user.c (
  kind text    DEFAULT NULL,
  id   integer DEFAULT 3
) INHERITS (rfx_user.a, rfx_user.b);
ALTER TABLE rfx_user.c ADD COLUMN own integer;
ALTER TABLE rfx_user.c ALTER COLUMN id SET DEFAULT 3;

-- downgrade
DROP TABLE rfx_user.c;
