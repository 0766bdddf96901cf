SELECT id, r::text FROM t
