CREATE TABLE team (id int PRIMARY KEY);
CREATE TABLE member (id int PRIMARY KEY, team int REFERENCES team DEFERRABLE INITIALLY DEFERRED, level text, role text, note text);
