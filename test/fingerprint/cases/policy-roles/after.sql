CREATE TABLE app.t (a integer, b text);
CREATE POLICY p ON app.t TO pg_read_all_data USING (true);
