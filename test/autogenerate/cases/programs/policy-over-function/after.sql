CREATE FUNCTION me() RETURNS varchar STABLE LANGUAGE sql AS 'SELECT current_user::varchar';CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
ALTER TABLE profile ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON profile FOR SELECT USING (name = me());
