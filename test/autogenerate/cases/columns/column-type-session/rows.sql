SELECT (c AT TIME ZONE 'UTC')::text AS c, (d AT TIME ZONE 'UTC')::text AS d, e, f::text, g::text, m::text FROM t
