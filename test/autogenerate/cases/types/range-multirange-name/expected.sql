-- upgrade
CREATE TYPE rfx_user.span AS RANGE (
  SUBTYPE              = integer,
  MULTIRANGE_TYPE_NAME = rfx_user.spans
);
CREATE TABLE rfx_user.t (id integer, s rfx_user.spans);

-- downgrade
DROP TABLE rfx_user.t;
DROP TYPE rfx_user.span;
