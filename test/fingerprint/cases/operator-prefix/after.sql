CREATE OPERATOR app.!! (FUNCTION = int4um, RIGHTARG = integer);
