CREATE TYPE mood AS ENUM ('ok', 'happy');
CREATE TABLE t (id int, ms mood[] DEFAULT '{ok}');
