CREATE TABLE "My Table" ("Id" bigint PRIMARY KEY, "a.b" varchar(9), "tick`$" int DEFAULT 1); CREATE VIEW "My View" AS SELECT "a.b" FROM "My Table"; CREATE INDEX "ünï" ON "My Table" ("a.b");
