-- upgrade
CREATE TABLE rfx_user.event (
  id   bigint,
  at   date   NOT NULL,
  kind text
) PARTITION BY RANGE (at);
CREATE TABLE rfx_user.event_2026 PARTITION OF rfx_user.event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');

-- downgrade
DROP TABLE rfx_user.event_2026;
DROP TABLE rfx_user.event;
