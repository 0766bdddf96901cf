CREATE FUNCTION me() RETURNS text STABLE LANGUAGE sql AS 'SELECT current_user::text';CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
ALTER TABLE profile ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON profile FOR SELECT USING (name = me());
