CREATE TYPE app.b;
CREATE FUNCTION app.i(cstring) RETURNS app.b LANGUAGE internal STRICT IMMUTABLE AS 'textin';
CREATE FUNCTION app.o(app.b) RETURNS cstring LANGUAGE internal STRICT IMMUTABLE AS 'textout';
CREATE TYPE app.b (INPUT = app.i, OUTPUT = app.o);
