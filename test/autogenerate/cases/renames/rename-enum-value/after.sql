CREATE TYPE st AS ENUM ('fresh', 'open', 'closed');
CREATE TABLE t (id int PRIMARY KEY, s st NOT NULL DEFAULT 'fresh' CHECK (s <> 'open'));
CREATE INDEX t_new_idx ON t (id) WHERE s = 'fresh';
