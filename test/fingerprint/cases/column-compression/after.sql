CREATE TABLE app.t (a text COMPRESSION pglz);
