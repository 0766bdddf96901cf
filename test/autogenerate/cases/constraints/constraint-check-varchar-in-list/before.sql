CREATE TABLE event (id bigint PRIMARY KEY, kind varchar(9), CONSTRAINT known CHECK (kind IN ('a', 'b')));
