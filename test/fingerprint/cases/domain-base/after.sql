CREATE DOMAIN app.d AS bigint;
