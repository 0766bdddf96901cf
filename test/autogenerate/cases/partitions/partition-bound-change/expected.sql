-- upgrade
ALTER TABLE rfx_user.event DETACH PARTITION rfx_user.event_2026;
ALTER TABLE rfx_user.event ATTACH PARTITION rfx_user.event_2026 FOR VALUES FROM ('2026-01-01') TO ('2028-01-01');

-- downgrade
ALTER TABLE rfx_user.event DETACH PARTITION rfx_user.event_2026;
ALTER TABLE rfx_user.event ATTACH PARTITION rfx_user.event_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
