CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN feeling AS mood DEFAULT 'ok' NOT NULL;
CREATE TABLE person (name text, feels feeling, felt feeling[]);
