-- upgrade
CREATE TEXT SEARCH CONFIGURATION rfx_user.cfg (PARSER = pg_catalog."default");
ALTER TEXT SEARCH CONFIGURATION rfx_user.cfg ADD MAPPING FOR asciihword WITH pg_catalog.english_stem;
ALTER TEXT SEARCH CONFIGURATION rfx_user.cfg ADD MAPPING FOR email WITH pg_catalog.simple;
ALTER TEXT SEARCH CONFIGURATION rfx_user.cfg ADD MAPPING FOR file WITH pg_catalog.simple;
ALTER TEXT SEARCH CONFIGURATION rfx_user.cfg ADD MAPPING FOR float WITH pg_catalog.simple;
ALTER TEXT SEARCH CONFIGURATION rfx_user.cfg ADD MAPPING FOR host WITH pg_catalog.simple;
ALTER TEXT SEARCH CONFIGURATION rfx_user.cfg ADD MAPPING FOR hword WITH pg_catalog.english_stem;
ALTER TEXT SEARCH CONFIGURATION rfx_user.cfg ADD MAPPING FOR hword_asciipart WITH pg_catalog.english_stem;
ALTER TEXT SEARCH CONFIGURATION rfx_user.cfg ADD MAPPING FOR hword_numpart WITH pg_catalog.simple;
ALTER TEXT SEARCH CONFIGURATION rfx_user.cfg ADD MAPPING FOR hword_part WITH pg_catalog.english_stem;
ALTER TEXT SEARCH CONFIGURATION rfx_user.cfg ADD MAPPING FOR int WITH pg_catalog.simple;
ALTER TEXT SEARCH CONFIGURATION rfx_user.cfg ADD MAPPING FOR numhword WITH pg_catalog.simple;
ALTER TEXT SEARCH CONFIGURATION rfx_user.cfg ADD MAPPING FOR numword WITH pg_catalog.simple;
ALTER TEXT SEARCH CONFIGURATION rfx_user.cfg ADD MAPPING FOR sfloat WITH pg_catalog.simple;
ALTER TEXT SEARCH CONFIGURATION rfx_user.cfg ADD MAPPING FOR uint WITH pg_catalog.simple;
ALTER TEXT SEARCH CONFIGURATION rfx_user.cfg ADD MAPPING FOR url WITH pg_catalog.simple;
ALTER TEXT SEARCH CONFIGURATION rfx_user.cfg ADD MAPPING FOR url_path WITH pg_catalog.simple;
ALTER TEXT SEARCH CONFIGURATION rfx_user.cfg ADD MAPPING FOR version WITH pg_catalog.simple;
ALTER TEXT SEARCH CONFIGURATION rfx_user.cfg ADD MAPPING FOR word WITH pg_catalog.english_stem;
CREATE TEXT SEARCH DICTIONARY rfx_user.simple_en (TEMPLATE = pg_catalog.simple, stopwords = 'english');
ALTER TEXT SEARCH CONFIGURATION rfx_user.cfg ADD MAPPING FOR asciiword WITH rfx_user.simple_en;

-- downgrade
DROP TEXT SEARCH CONFIGURATION rfx_user.cfg;
DROP TEXT SEARCH DICTIONARY rfx_user.simple_en;
