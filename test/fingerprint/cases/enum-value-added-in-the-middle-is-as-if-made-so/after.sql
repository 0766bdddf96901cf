CREATE TYPE app.e AS ENUM ('a', 'b', 'c');
