CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text, a int, b numeric(10,2) DEFAULT 0, c timestamptz NOT NULL DEFAULT now(), d jsonb, e text[] NOT NULL DEFAULT '{}');
