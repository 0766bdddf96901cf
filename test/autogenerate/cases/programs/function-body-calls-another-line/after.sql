CREATE FUNCTION rfx_policy.plural(word text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT word || ''s''';
CREATE FUNCTION rfx_message.folded(word text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower("rfx_policy".plural(word))';
CREATE FUNCTION key_of(name text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT rfx_message.folded(name)';
CREATE TABLE team (id int PRIMARY KEY, name text NOT NULL);
CREATE UNIQUE INDEX team_key ON team (key_of(name));
