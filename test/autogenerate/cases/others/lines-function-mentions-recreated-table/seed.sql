INSERT INTO rfx_policy."event" (at, kind) SELECT date '2026-01-01' + i, 'kind ' || i FROM generate_series(1, 20) AS i;
INSERT INTO rfx_user."customer" VALUES (1, 'a');
