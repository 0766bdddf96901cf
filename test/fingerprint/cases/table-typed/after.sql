CREATE TYPE app.row AS (a integer, b text);
CREATE TABLE app.t OF app.row;
