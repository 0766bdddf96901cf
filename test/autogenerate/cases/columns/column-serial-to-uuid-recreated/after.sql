CREATE TABLE t (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), "K k" uuid DEFAULT gen_random_uuid(), v text);
