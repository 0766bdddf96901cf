-- upgrade of policy
LOCK TABLE rfx_policy.event IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_policy.event_id_seq__mig_rows AS SELECT last_value, is_called FROM rfx_policy.event_id_seq;
CREATE TABLE rfx_policy.event__mig_rows AS SELECT id, at, kind FROM rfx_policy.event;
DROP TABLE rfx_policy.event;
CREATE SEQUENCE rfx_policy.event_id_seq;
CREATE TABLE rfx_policy.event (
  id   bigint NOT NULL,
  at   date   NOT NULL,
  kind text
) PARTITION BY RANGE (at);
ALTER SEQUENCE rfx_policy.event_id_seq OWNED BY rfx_policy.event.id;
CREATE TABLE rfx_policy.event_all PARTITION OF rfx_policy.event FOR VALUES FROM ('2000-01-01') TO
  ('2100-01-01');
INSERT INTO rfx_policy.event (at, id, kind) SELECT at::date, id::bigint, kind::text FROM rfx_policy.event__mig_rows;
SELECT setval('rfx_policy.event_id_seq', last_value, is_called) FROM rfx_policy.event_id_seq__mig_rows;
ALTER TABLE rfx_policy.event ALTER COLUMN id SET DEFAULT nextval('rfx_policy.event_id_seq'::regclass);
ALTER TABLE rfx_policy.event ADD CONSTRAINT event_pkey PRIMARY KEY (id, at);
DROP TABLE rfx_policy.event__mig_rows;
DROP TABLE rfx_policy.event_id_seq__mig_rows;
-- upgrade of user
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION rfx_user.log_customer()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN INSERT INTO rfx_policy."event" (at, kind) VALUES (current_date, 'customer'); RETURN NULL; END $function$;
CREATE TRIGGER log_customer AFTER INSERT ON rfx_user.customer FOR EACH ROW EXECUTE FUNCTION rfx_user.log_customer();

-- downgrade of user
DROP TRIGGER log_customer ON rfx_user.customer;
DROP FUNCTION rfx_user.log_customer();
-- downgrade of policy
LOCK TABLE rfx_policy.event IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_policy.event_id_seq__mig_rows AS SELECT last_value, is_called FROM rfx_policy.event_id_seq;
CREATE TABLE rfx_policy.event__mig_rows AS SELECT id, at, kind FROM rfx_policy.event;
DROP TABLE rfx_policy.event;
CREATE SEQUENCE rfx_policy.event_id_seq;
CREATE TABLE rfx_policy.event (
  id   bigint NOT NULL DEFAULT nextval('rfx_policy.event_id_seq'::regclass),
  at   date   NOT NULL,
  kind text,
  CONSTRAINT event_pkey PRIMARY KEY (id)
);
INSERT INTO rfx_policy.event (at, id, kind) SELECT at::date, id::bigint, kind::text FROM rfx_policy.event__mig_rows;
SELECT setval('rfx_policy.event_id_seq', last_value, is_called) FROM rfx_policy.event_id_seq__mig_rows;
ALTER SEQUENCE rfx_policy.event_id_seq OWNED BY rfx_policy.event.id;
DROP TABLE rfx_policy.event__mig_rows;
DROP TABLE rfx_policy.event_id_seq__mig_rows;
