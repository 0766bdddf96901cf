SELECT id, size FROM u
