-- upgrade
CREATE INDEX br ON rfx_user.t USING brin (a) WITH (pages_per_range='4');
CREATE INDEX gs ON rfx_user.t USING gist (d);
CREATE INDEX g ON rfx_user.t USING gin (b);
CREATE INDEX h ON rfx_user.t USING hash (a);
CREATE INDEX sp ON rfx_user.t USING spgist (c COLLATE "C");

-- downgrade
DROP INDEX rfx_user.br;
DROP INDEX rfx_user.gs;
DROP INDEX rfx_user.g;
DROP INDEX rfx_user.h;
DROP INDEX rfx_user.sp;
