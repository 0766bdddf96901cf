CREATE TYPE "e'\ $1" AS ENUM ('it''s', 'b\ $1');
CREATE TABLE "éééééééééééééééééééééééééééééééu" ("id'\" int PRIMARY KEY, "n%
" text NOT NULL DEFAULT 'it''s \ $$ %', UNIQUE ("n%
"));
CREATE TABLE "t""'$a$ \ %s %I
CONCURRENTLY ${x}`" ("Id""" serial PRIMARY KEY, "$ref" int NOT NULL REFERENCES "éééééééééééééééééééééééééééééééu", "kind CONCURRENTLY " "e'\ $1" NOT NULL,
  "c'" varchar(20) CHECK ("c'" IN ('it''s \ $$ %', 'o\k')), "goes $$" text);
CREATE INDEX "i CONCURRENTLY ""'\" ON "t""'$a$ \ %s %I
CONCURRENTLY ${x}`" ("c'", "kind CONCURRENTLY ");
