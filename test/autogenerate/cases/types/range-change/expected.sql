-- upgrade
DROP TYPE rfx_user.span;
CREATE TYPE rfx_user.span AS RANGE (
  SUBTYPE              = numeric,
  MULTIRANGE_TYPE_NAME = rfx_user.span_multirange
);

-- downgrade
DROP TYPE rfx_user.span;
CREATE TYPE rfx_user.span AS RANGE (
  SUBTYPE              = double precision,
  MULTIRANGE_TYPE_NAME = rfx_user.span_multirange
);
