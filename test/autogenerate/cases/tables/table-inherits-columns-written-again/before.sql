CREATE TABLE job (id int NOT NULL DEFAULT 1, kind text NOT NULL, CHECK (kind <> ''));
CREATE TABLE job_a (LIKE job INCLUDING ALL) INHERITS (job);
ALTER TABLE job_a ALTER kind SET DEFAULT 'a';
CREATE TABLE job_b () INHERITS (job);
CREATE TABLE job_c (id int NOT NULL DEFAULT 1, kind text NOT NULL, own int);
COMMENT ON COLUMN job_b.kind IS 'b';
