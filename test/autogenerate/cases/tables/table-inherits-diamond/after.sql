CREATE TABLE root (id int NOT NULL DEFAULT 1, label text NOT NULL DEFAULT '', CHECK (id > 0), CONSTRAINT root_label CHECK (length(label) < 100));
CREATE TABLE left_one (l text NOT NULL) INHERITS (root); CREATE TABLE right_one (r text, CONSTRAINT right_r CHECK (r <> '')) INHERITS (root);
CREATE TABLE bottom (own int CHECK (own > 0)) INHERITS (left_one, right_one);
CREATE TABLE deepest (more int) INHERITS (bottom);
ALTER TABLE deepest ALTER id SET DEFAULT 5;
