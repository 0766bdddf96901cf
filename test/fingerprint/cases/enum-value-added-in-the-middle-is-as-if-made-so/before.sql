CREATE TYPE app.e AS ENUM ('a', 'c');
ALTER TYPE app.e ADD VALUE 'b' BEFORE 'c';
