CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
CREATE RULE r AS ON UPDATE TO profile DO ALSO (SELECT 1; SELECT 2); ALTER TABLE profile DISABLE RULE r;
