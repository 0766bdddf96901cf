CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
COMMENT ON TABLE profile IS 'Who somebody is; it''s "quoted" and has a \ in it';
