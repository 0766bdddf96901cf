CREATE TABLE job (id int NOT NULL DEFAULT 2, kind text NOT NULL, at date, CHECK (kind <> ''));
CREATE TABLE job_a () INHERITS (job);
ALTER TABLE job_a ALTER kind SET DEFAULT 'b';
CREATE TABLE job_b (id int NOT NULL DEFAULT 5, kind text NOT NULL, at date) INHERITS (job);
CREATE TABLE job_c (id int NOT NULL DEFAULT 1, kind text NOT NULL, own int) INHERITS (job);
CREATE TABLE job_d (LIKE job INCLUDING ALL, own int) INHERITS (job);
COMMENT ON COLUMN job_a.kind IS 'always a'; COMMENT ON COLUMN job_b.id IS 'the b''s';
