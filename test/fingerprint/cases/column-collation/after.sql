CREATE TABLE app.t (a text COLLATE "C");
