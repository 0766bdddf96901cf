CREATE SEQUENCE ids; CREATE TABLE fresh (id bigint PRIMARY KEY DEFAULT nextval('ids'), v text); ALTER SEQUENCE ids OWNED BY fresh.id;
