CREATE TABLE app.t (a integer, b text);
CREATE POLICY p ON app.t WITH CHECK (a > 1);
