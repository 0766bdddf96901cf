CREATE EXTENSION btree_gist SCHEMA public; CREATE TABLE t (room int, during tsrange, EXCLUDE USING gist (room WITH =, during WITH &&));
