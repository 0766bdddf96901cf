CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text);
CREATE VIEW people WITH (security_barrier = true, security_invoker = true) AS SELECT id, name FROM profile WHERE id > 0 WITH LOCAL CHECK OPTION;
