CREATE TABLE root (id int NOT NULL DEFAULT 1, CHECK (id > 0));
CREATE TABLE left_one (l text) INHERITS (root); CREATE TABLE right_one (r text) INHERITS (root);
