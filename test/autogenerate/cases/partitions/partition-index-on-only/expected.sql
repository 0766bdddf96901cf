-- upgrade
DROP INDEX rfx_user.log_id;
CREATE TABLE rfx_user.reading (
  id integer NOT NULL,
  at date    NOT NULL
) PARTITION BY RANGE (at);
CREATE TABLE rfx_user.reading_newer PARTITION OF rfx_user.reading FOR VALUES FROM ('2025-01-01') TO
  ('2026-01-01');
CREATE TABLE rfx_user.reading_new PARTITION OF rfx_user.reading FOR VALUES FROM ('2024-01-01') TO
  ('2025-01-01');
CREATE INDEX log_id ON rfx_user.log USING btree (id);
CREATE INDEX reading_id ON ONLY rfx_user.reading USING btree (id);
CREATE INDEX reading_new_id ON rfx_user.reading_new USING btree (id);
ALTER INDEX rfx_user.reading_id ATTACH PARTITION rfx_user.reading_new_id;

-- downgrade
DROP INDEX rfx_user.log_id;
DROP TABLE rfx_user.reading_newer;
DROP TABLE rfx_user.reading_new;
DROP TABLE rfx_user.reading;
CREATE INDEX log_id ON ONLY rfx_user.log USING btree (id);
