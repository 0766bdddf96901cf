CREATE TABLE app.t (a integer, b text);
CREATE POLICY p ON app.t FOR DELETE USING (true);
