CREATE TABLE base (id bigint NOT NULL, kind varchar(20) DEFAULT 'base2' CHECK (kind <> 'x'), n int DEFAULT 4, added date, CONSTRAINT pos CHECK (id > 1));
CREATE TABLE child (extra int) INHERITS (base);
ALTER TABLE child ALTER kind SET DEFAULT 'child2', ALTER n DROP DEFAULT;
ALTER TABLE child ADD CONSTRAINT own CHECK (extra > 0);
CREATE TABLE grand (id bigint NOT NULL, kind varchar(20), n int, added date, extra int, g int) ;
CREATE TABLE late (l int) INHERITS (base);
ALTER TABLE late ALTER added SET DEFAULT now(), ALTER added SET NOT NULL;
CREATE INDEX ON child (id, kind);
CREATE VIEW vb AS SELECT kind, id FROM base;
