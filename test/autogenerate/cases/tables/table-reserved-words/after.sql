CREATE TABLE "user" ("order" int PRIMARY KEY, "select" text, "table" text, "limit" int);
