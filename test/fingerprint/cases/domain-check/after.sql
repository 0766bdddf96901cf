CREATE DOMAIN app.d AS integer CONSTRAINT k CHECK (value > 1);
