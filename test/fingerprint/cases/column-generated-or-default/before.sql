CREATE TABLE app.t (a integer DEFAULT 2);
