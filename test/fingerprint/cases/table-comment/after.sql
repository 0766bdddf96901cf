CREATE TABLE app.t (a integer, b text);
COMMENT ON TABLE app.t IS 'it''s';
