CREATE FOREIGN TABLE app.f (a integer OPTIONS (x 'y')) SERVER one;
