CREATE TABLE app.t (a integer, b text);
CREATE RULE r AS ON INSERT TO app.t DO INSTEAD NOTIFY x;
