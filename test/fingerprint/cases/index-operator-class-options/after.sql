CREATE TABLE app.t (a integer, b text, c text[]);
CREATE INDEX i ON app.t USING gist (to_tsvector('simple'::regconfig, b) tsvector_ops (siglen = 100));
