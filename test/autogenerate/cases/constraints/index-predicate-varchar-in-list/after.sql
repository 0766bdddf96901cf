CREATE TABLE event (id bigint PRIMARY KEY, kind varchar NOT NULL, run varchar(20));
CREATE UNIQUE INDEX event_created ON event (run, kind) WHERE kind IN ('step', 'it''s', 'a, b]');
CREATE INDEX event_other ON event ((kind NOT IN ('x', 'y')));
