-- upgrade
CREATE TYPE rfx_user.span AS RANGE (
  SUBTYPE              = double precision,
  SUBTYPE_DIFF         = float8mi,
  MULTIRANGE_TYPE_NAME = rfx_user.span_multirange
);

-- downgrade
DROP TYPE rfx_user.span;
