CREATE DOMAIN app.d AS text;
