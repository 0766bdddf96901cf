CREATE DOMAIN app.d AS integer;
