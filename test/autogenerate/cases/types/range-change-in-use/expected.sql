-- upgrade
ALTER TABLE rfx_user.t ALTER COLUMN s TYPE text USING s::text;
DROP TYPE rfx_user.span;
CREATE TYPE rfx_user.span AS RANGE (
  SUBTYPE              = bigint,
  MULTIRANGE_TYPE_NAME = rfx_user.span_multirange
);
ALTER TABLE rfx_user.t ALTER COLUMN s TYPE rfx_user.span USING s::rfx_user.span;

-- downgrade
ALTER TABLE rfx_user.t ALTER COLUMN s TYPE text USING s::text;
DROP TYPE rfx_user.span;
CREATE TYPE rfx_user.span AS RANGE (
  SUBTYPE              = integer,
  MULTIRANGE_TYPE_NAME = rfx_user.span_multirange
);
ALTER TABLE rfx_user.t ALTER COLUMN s TYPE rfx_user.span USING s::rfx_user.span;
