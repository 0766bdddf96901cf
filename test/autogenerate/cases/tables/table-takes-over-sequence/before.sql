CREATE SEQUENCE ids; CREATE TABLE old (id bigint PRIMARY KEY DEFAULT nextval('ids'), v text); ALTER SEQUENCE ids OWNED BY old.id;
