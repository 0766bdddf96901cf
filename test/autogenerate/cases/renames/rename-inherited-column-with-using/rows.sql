SELECT id, z FROM par
