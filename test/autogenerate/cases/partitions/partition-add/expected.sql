-- upgrade
CREATE TABLE rfx_user.event_2027 PARTITION OF rfx_user.event FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
CREATE TABLE rfx_user.event_rest PARTITION OF rfx_user.event DEFAULT;

-- downgrade
DROP TABLE rfx_user.event_2027;
DROP TABLE rfx_user.event_rest;
