CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
COMMENT ON TABLE profile IS 'old';
