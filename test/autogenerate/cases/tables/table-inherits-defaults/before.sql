CREATE TABLE base (id int NOT NULL, kind text DEFAULT 'base' CHECK (kind <> ''), n int, CONSTRAINT pos CHECK (id > 0), CONSTRAINT ni CHECK (id < 1000) NO INHERIT);
CREATE TABLE child (extra int) INHERITS (base);
ALTER TABLE child ALTER kind SET DEFAULT 'child', ALTER n SET NOT NULL;
CREATE TABLE grand (g int) INHERITS (child);
CREATE INDEX ON child (id);
CREATE VIEW vb AS SELECT id, kind FROM base;
