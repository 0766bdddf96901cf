CREATE SEQUENCE app.s;
CREATE SEQUENCE app.r;
CREATE TABLE app.t (a integer DEFAULT nextval('app.s'));
