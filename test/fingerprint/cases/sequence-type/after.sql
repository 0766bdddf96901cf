CREATE SEQUENCE app.s AS integer;
