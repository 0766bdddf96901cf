CREATE TABLE catalog.plan (
  code text CONSTRAINT plan_pkey PRIMARY KEY,
  seats integer NOT NULL CONSTRAINT plan_seats_check CHECK (seats > 0)
);
