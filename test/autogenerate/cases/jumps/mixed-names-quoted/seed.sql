INSERT INTO "My Table" VALUES (1, 'x');
