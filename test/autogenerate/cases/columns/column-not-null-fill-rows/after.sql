CREATE TABLE profile (id bigint PRIMARY KEY, joined date NOT NULL, language text NOT NULL);
CREATE INDEX profile_language ON profile (language);
