CREATE TABLE app.t (a varchar(20));
