CREATE TABLE app.t (a integer, b text, c text[]);
CREATE INDEX i ON app.t (a) WITH (fillfactor = 50, deduplicate_items = off);
