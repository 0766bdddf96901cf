CREATE TABLE p (a int, b int, PRIMARY KEY (a)); CREATE TABLE c (a int REFERENCES p);
