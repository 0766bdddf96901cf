CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text, CONSTRAINT k CHECK (id > 0));
COMMENT ON CONSTRAINT k ON profile IS 'positive';
