CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
CREATE RULE r AS ON DELETE TO profile DO INSTEAD NOTHING;
