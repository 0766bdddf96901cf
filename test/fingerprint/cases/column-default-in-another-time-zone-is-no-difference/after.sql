CREATE TABLE app.t (a timestamptz DEFAULT '2026-01-01 02:00+02');
