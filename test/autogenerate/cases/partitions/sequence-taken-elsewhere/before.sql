CREATE TABLE numbered (id serial PRIMARY KEY, n int);
CREATE TABLE takes (id int PRIMARY KEY, number int DEFAULT nextval('numbered_id_seq'));
CREATE TABLE identified (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n int);
CREATE TABLE took (id int PRIMARY KEY, number int DEFAULT nextval('identified_id_seq'));
CREATE TABLE "Limited" (id serial PRIMARY KEY, n int) PARTITION BY RANGE (id);
CREATE TABLE limited_all PARTITION OF "Limited" DEFAULT;
CREATE POLICY below ON "Limited" USING (EXISTS (SELECT FROM "Limited_id_seq" WHERE last_value < 1000));
