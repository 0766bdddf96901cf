INSERT INTO log (at, kind) VALUES ('2020-02-02', 'a');
