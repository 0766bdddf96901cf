INSERT INTO log (at, kind) VALUES ('2020-02-02', 'a'), ('2020-09-09', 'b'), ('2020-11-11', 'c');
