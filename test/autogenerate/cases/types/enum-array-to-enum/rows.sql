SELECT id, r::text FROM u
