CREATE TABLE contact (id int PRIMARY KEY, display_name text NOT NULL);
