CREATE UNLOGGED TABLE app.t (a integer, b text);
