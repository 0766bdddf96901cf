CREATE OPERATOR app.=== (FUNCTION = int4ne, LEFTARG = integer, RIGHTARG = integer);
