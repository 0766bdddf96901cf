INSERT INTO person VALUES ('a', 'happy', '{ok,happy}');
