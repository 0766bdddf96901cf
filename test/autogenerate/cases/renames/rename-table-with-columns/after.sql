CREATE TABLE u (id int PRIMARY KEY, amount bigint CHECK (amount > 0), note text, more date);
CREATE INDEX u_note_idx ON u (note);
CREATE VIEW seen AS SELECT id, amount AS a FROM u;
