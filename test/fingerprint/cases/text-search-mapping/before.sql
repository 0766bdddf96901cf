CREATE TEXT SEARCH CONFIGURATION app.c (COPY = pg_catalog.simple);
