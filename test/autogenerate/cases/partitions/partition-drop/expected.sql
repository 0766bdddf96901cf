-- upgrade
DROP TABLE rfx_user.event_2026;

-- downgrade
CREATE TABLE rfx_user.event_2026 PARTITION OF rfx_user.event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
