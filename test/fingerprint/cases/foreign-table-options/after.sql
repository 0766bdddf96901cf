CREATE FOREIGN TABLE app.f (a integer) SERVER one OPTIONS (x 'y');
