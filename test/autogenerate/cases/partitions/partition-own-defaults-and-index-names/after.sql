CREATE TABLE log (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz NOT NULL, kind varchar, extra jsonb DEFAULT '{}', PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE log_2020 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2020-07-01');
CREATE TABLE log_2020b PARTITION OF log FOR VALUES FROM ('2020-07-01') TO ('2021-01-01');
CREATE TABLE log_2021 (id bigint NOT NULL, at timestamptz NOT NULL, kind varchar, extra jsonb);
CREATE UNIQUE INDEX lu ON log (kind, at) WHERE kind IS NOT NULL;
CREATE INDEX li ON log (at DESC);
CREATE TABLE refd (log bigint, at timestamptz, FOREIGN KEY (log, at) REFERENCES log);
CREATE STATISTICS ls ON at, kind FROM log_2020b;
ALTER TABLE log_2020 ENABLE ROW LEVEL SECURITY; CREATE POLICY lp ON log USING (kind = current_user);
