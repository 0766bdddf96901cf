CREATE TABLE app.t (a integer, b text);
CREATE POLICY p ON app.t AS RESTRICTIVE USING (true);
