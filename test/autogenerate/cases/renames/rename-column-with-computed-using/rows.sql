SELECT id, size FROM t
