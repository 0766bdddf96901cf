CREATE TABLE env (name text PRIMARY KEY);
CREATE TABLE perm (role int, env text CONSTRAINT perm_env REFERENCES env, n int CONSTRAINT perm_n CHECK (n > 0), k text);
CREATE UNIQUE INDEX perm_k ON perm (k);
