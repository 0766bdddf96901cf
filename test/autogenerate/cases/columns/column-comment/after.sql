CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
COMMENT ON COLUMN profile.email IS 'where to write';
