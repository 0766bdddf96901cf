INSERT INTO t VALUES (1,'{ok,happy}');
