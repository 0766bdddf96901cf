CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
ALTER TABLE profile ALTER email SET NOT NULL; CREATE UNIQUE INDEX by_email ON profile (email); ALTER TABLE profile REPLICA IDENTITY USING INDEX by_email;
