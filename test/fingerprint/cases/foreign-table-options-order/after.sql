CREATE FOREIGN TABLE app.f (a integer) SERVER one OPTIONS (z '1', x 'y');
