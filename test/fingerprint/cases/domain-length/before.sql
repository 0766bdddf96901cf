CREATE DOMAIN app.d AS varchar(5);
