CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
CREATE RULE no_delete AS ON DELETE TO profile WHERE old.id = 1 DO INSTEAD NOTHING;
