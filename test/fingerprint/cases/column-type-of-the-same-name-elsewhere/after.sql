CREATE TYPE app.e AS ENUM ('x');
CREATE TYPE other.e AS ENUM ('x');
CREATE TABLE app.t (a other.e);
