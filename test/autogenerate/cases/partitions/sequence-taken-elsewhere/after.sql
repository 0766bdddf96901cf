CREATE TABLE numbered (id serial PRIMARY KEY, n int) PARTITION BY RANGE (id);
CREATE TABLE numbered_all PARTITION OF numbered DEFAULT;
CREATE TABLE takes (id int PRIMARY KEY, number int DEFAULT nextval('numbered_id_seq'));
CREATE TABLE identified (id int PRIMARY KEY, n int) PARTITION BY RANGE (id);
CREATE TABLE identified_all PARTITION OF identified DEFAULT;
CREATE TABLE "Limited" (id serial PRIMARY KEY, n int);
CREATE POLICY below ON "Limited" USING (EXISTS (SELECT FROM "Limited_id_seq" WHERE last_value < 1000));
