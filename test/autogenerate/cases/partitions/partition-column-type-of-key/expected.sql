-- upgrade
ALTER TABLE rfx_user.event DETACH PARTITION rfx_user.event_2026;
ALTER TABLE rfx_user.event ATTACH PARTITION rfx_user.event_2026 FOR VALUES FROM ('2026-01-01 00:00:00') TO ('2027-01-01 00:00:00');
LOCK TABLE rfx_user.event_2026 IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user.event_2026__mig_rows AS SELECT id, at, kind FROM rfx_user.event_2026;
DROP TABLE rfx_user.event_2026;
CREATE TABLE rfx_user.event_2026 PARTITION OF rfx_user.event FOR VALUES FROM ('2026-01-01 00:00:00') TO
  ('2027-01-01 00:00:00');
INSERT INTO rfx_user.event (at, id, kind) SELECT at::timestamp without time zone, id::bigint, kind::text FROM rfx_user.event_2026__mig_rows;
DROP TABLE rfx_user.event_2026__mig_rows;
ALTER TABLE rfx_user.event DETACH PARTITION rfx_user.event_2026;
ALTER TABLE rfx_user.event ATTACH PARTITION rfx_user.event_2026 FOR VALUES FROM ('2026-01-01 00:00:00') TO ('2027-01-01 00:00:00');
LOCK TABLE rfx_user.event IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user.event__mig_rows AS SELECT id, at, kind FROM rfx_user.event;
DROP TABLE rfx_user.event;
CREATE TABLE rfx_user.event (
  id   bigint,
  at   timestamp without time zone NOT NULL,
  kind text
) PARTITION BY RANGE (at);
CREATE TABLE rfx_user.event_2026 PARTITION OF rfx_user.event FOR VALUES FROM ('2026-01-01 00:00:00') TO
  ('2027-01-01 00:00:00');
INSERT INTO rfx_user.event (at, id, kind) SELECT at::timestamp without time zone, id::bigint, kind::text FROM rfx_user.event__mig_rows;
DROP TABLE rfx_user.event__mig_rows;

-- downgrade
ALTER TABLE rfx_user.event DETACH PARTITION rfx_user.event_2026;
ALTER TABLE rfx_user.event ATTACH PARTITION rfx_user.event_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
LOCK TABLE rfx_user.event_2026 IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user.event_2026__mig_rows AS SELECT id, at, kind FROM rfx_user.event_2026;
DROP TABLE rfx_user.event_2026;
CREATE TABLE rfx_user.event_2026 PARTITION OF rfx_user.event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO rfx_user.event (at, id, kind) SELECT at::date, id::bigint, kind::text FROM rfx_user.event_2026__mig_rows;
DROP TABLE rfx_user.event_2026__mig_rows;
ALTER TABLE rfx_user.event DETACH PARTITION rfx_user.event_2026;
ALTER TABLE rfx_user.event ATTACH PARTITION rfx_user.event_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
LOCK TABLE rfx_user.event IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user.event__mig_rows AS SELECT id, at, kind FROM rfx_user.event;
DROP TABLE rfx_user.event;
CREATE TABLE rfx_user.event (
  id   bigint,
  at   date   NOT NULL,
  kind text
) PARTITION BY RANGE (at);
CREATE TABLE rfx_user.event_2026 PARTITION OF rfx_user.event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO rfx_user.event (at, id, kind) SELECT at::date, id::bigint, kind::text FROM rfx_user.event__mig_rows;
DROP TABLE rfx_user.event__mig_rows;
