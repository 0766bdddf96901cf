CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
CREATE UNIQUE INDEX u ON profile (lower(email) text_pattern_ops DESC NULLS LAST) INCLUDE (name) NULLS NOT DISTINCT WITH (fillfactor = 50) WHERE email IS NOT NULL;
