CREATE TABLE old (id bigint CONSTRAINT the_key PRIMARY KEY, v text); CREATE INDEX by_v ON old (v);
