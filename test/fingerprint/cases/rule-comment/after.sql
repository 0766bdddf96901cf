CREATE TABLE app.t (a integer, b text);
CREATE RULE r AS ON INSERT TO app.t DO ALSO NOTIFY x;
COMMENT ON RULE r ON app.t IS 'x';
