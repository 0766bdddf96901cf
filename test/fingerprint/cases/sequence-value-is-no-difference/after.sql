CREATE SEQUENCE app.s;
SELECT setval('app.s', 500);
