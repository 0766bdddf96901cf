CREATE TABLE fresh (id uuid CONSTRAINT the_key PRIMARY KEY, v int); CREATE INDEX by_v ON fresh (v);
