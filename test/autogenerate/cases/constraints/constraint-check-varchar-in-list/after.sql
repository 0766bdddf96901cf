CREATE TABLE event (id bigint PRIMARY KEY, kind varchar(9), state varchar DEFAULT 'on' CHECK (state IN ('on', 'off')),
  is_known boolean GENERATED ALWAYS AS (kind IN ('a', 'b')) STORED,
  CONSTRAINT known CHECK (kind IN ('a', 'b', 'c')));
CREATE DOMAIN word AS varchar CHECK (VALUE IN ('yes', 'no'));
