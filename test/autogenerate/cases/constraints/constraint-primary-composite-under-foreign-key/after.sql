CREATE TABLE p (a int UNIQUE, b int, PRIMARY KEY (a, b)); CREATE TABLE c (a int REFERENCES p (a));
