CREATE TABLE app.t (a text DEFAULT 'other.t');
