CREATE TABLE other (id integer);
CREATE TABLE log (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE log_new PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX log_id ON ONLY log (id);
