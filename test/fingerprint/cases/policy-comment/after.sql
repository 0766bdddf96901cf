CREATE TABLE app.t (a integer, b text);
CREATE POLICY p ON app.t USING (true);
COMMENT ON POLICY p ON app.t IS 'x';
