CREATE TYPE st AS ENUM ('new', 'open', 'closed');
CREATE TABLE t (id int PRIMARY KEY, s st NOT NULL DEFAULT 'new' CHECK (s <> 'open'));
CREATE INDEX t_new_idx ON t (id) WHERE s = 'new';
