INSERT INTO "éééééééééééééééééééééééééééééééu" VALUES (1);
INSERT INTO "éééééééééééééééééééééééééééééééu" VALUES (2, 'x\y''');
INSERT INTO "t""'$a$ \ %s %I
CONCURRENTLY ${x}`" ("$ref", "kind CONCURRENTLY ", "c'", "goes $$") VALUES (1, 'it''s', 'it''s \ $$ %', 'a'), (2, 'b\ $1', 'o\k', NULL);
