CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text, CHECK (email LIKE '%%@%%'), CONSTRAINT named CHECK (name <> '') NO INHERIT);
