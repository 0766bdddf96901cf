CREATE TYPE "e'\ $1" AS ENUM ('it''s', 'b\ $1');
CREATE TABLE "éééééééééééééééééééééééééééééééu" ("id'\" bigint PRIMARY KEY, "n%
" text NOT NULL DEFAULT 'it''s \ $$ %', UNIQUE ("n%
"));
CREATE TABLE "t""'$a$ \ %s %I
CONCURRENTLY ${x}`" ("Id""" serial PRIMARY KEY, "$ref" bigint NOT NULL REFERENCES "éééééééééééééééééééééééééééééééu" ON DELETE CASCADE, "kind CONCURRENTLY " "e'\ $1" NOT NULL,
  "c'" text CHECK ("c'" IN ('it''s \ $$ %', 'o\k')), "new "" ' \ $a$ %
" text NOT NULL DEFAULT 'it''s \ $$ %', UNIQUE ("$ref", "new "" ' \ $a$ %
"));
CREATE INDEX "i CONCURRENTLY ""'\" ON "t""'$a$ \ %s %I
CONCURRENTLY ${x}`" ("kind CONCURRENTLY ");
