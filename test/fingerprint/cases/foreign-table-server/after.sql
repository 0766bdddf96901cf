CREATE FOREIGN TABLE app.f (a integer) SERVER two;
