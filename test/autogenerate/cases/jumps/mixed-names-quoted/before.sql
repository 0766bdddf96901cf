CREATE TABLE "My Table" ("Id" int PRIMARY KEY, "a.b" text); CREATE VIEW "My View" AS SELECT "a.b" FROM "My Table";
