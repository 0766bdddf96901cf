CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL DEFAULT 'x', email text DEFAULT now()::text);
