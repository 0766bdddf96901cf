CREATE TYPE app.e AS ENUM ('b', 'a');
