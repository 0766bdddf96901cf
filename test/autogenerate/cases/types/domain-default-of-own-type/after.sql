CREATE TYPE mood AS ENUM ('ok', 'happy');
CREATE DOMAIN feeling AS mood DEFAULT 'happy' NOT NULL;
CREATE DOMAIN other AS mood DEFAULT 'ok';
CREATE TABLE person (name text, feels feeling, felt feeling[], now other);
