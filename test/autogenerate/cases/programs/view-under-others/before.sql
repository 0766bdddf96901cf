CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
CREATE VIEW people AS SELECT id, name FROM profile;
CREATE VIEW names AS SELECT name FROM people;
CREATE VIEW long_names AS SELECT name FROM names WHERE length(name) > 10;
CREATE FUNCTION rename() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER t INSTEAD OF UPDATE ON names FOR EACH ROW EXECUTE FUNCTION rename();
