CREATE TABLE app.t (a text DEFAULT 'app.t');
