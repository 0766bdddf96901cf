CREATE TABLE t (id int PRIMARY KEY, who text);
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY a ON t TO case_reader, "case Writer", postgres USING (who = CURRENT_USER);
CREATE POLICY b ON t FOR INSERT TO case_reader WITH CHECK (true);
