CREATE TYPE app.e AS ENUM ('x');
CREATE TYPE app.f AS ENUM ('x');
CREATE TABLE app.t (a app.e);
