CREATE TABLE "Weird.Name ""x""" ("Id" bigint PRIMARY KEY, "sélect" text, "with space" int DEFAULT 1 CHECK ("with space" > 0));
CREATE INDEX "In.dex" ON "Weird.Name ""x""" ("sélect");
