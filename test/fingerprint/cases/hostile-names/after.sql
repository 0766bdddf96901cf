CREATE TABLE app."T.""x" ("A b" integer);
