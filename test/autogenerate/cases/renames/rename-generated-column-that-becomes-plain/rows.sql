SELECT id, h FROM t
