-- upgrade
LOCK TABLE rfx_user.identified IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user.identified_id_seq__mig_rows AS SELECT last_value,
  is_called FROM rfx_user.identified_id_seq;
ALTER TABLE rfx_user.took ALTER COLUMN number DROP DEFAULT;
CREATE TABLE rfx_user.identified__mig_rows AS SELECT id, n FROM rfx_user.identified;
DROP TABLE rfx_user.identified;
LOCK TABLE rfx_user."Limited" IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user."Limited_id_seq__mig_rows" AS SELECT last_value,
  is_called FROM rfx_user."Limited_id_seq";
CREATE TABLE rfx_user."Limited__mig_rows" AS SELECT id, n FROM rfx_user."Limited";
DROP TABLE rfx_user."Limited";
LOCK TABLE rfx_user.numbered IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user.numbered_id_seq__mig_rows AS SELECT last_value, is_called FROM rfx_user.numbered_id_seq;
ALTER TABLE rfx_user.takes ALTER COLUMN number DROP DEFAULT;
CREATE TABLE rfx_user.numbered__mig_rows AS SELECT id, n FROM rfx_user.numbered;
DROP TABLE rfx_user.numbered;
DROP TABLE rfx_user.took;
CREATE SEQUENCE rfx_user."Limited_id_seq" AS integer;
CREATE SEQUENCE rfx_user.numbered_id_seq AS integer;
CREATE TABLE rfx_user."Limited" (
  id integer NOT NULL DEFAULT nextval('rfx_user."Limited_id_seq"'::regclass),
  n  integer,
  CONSTRAINT "Limited_pkey" PRIMARY KEY (id)
);
CREATE TABLE rfx_user.identified (
  id integer NOT NULL,
  n  integer
) PARTITION BY RANGE (id);
CREATE TABLE rfx_user.identified_all PARTITION OF rfx_user.identified DEFAULT;
CREATE TABLE rfx_user.numbered (
  id integer NOT NULL,
  n  integer
) PARTITION BY RANGE (id);
ALTER SEQUENCE rfx_user.numbered_id_seq OWNED BY rfx_user.numbered.id;
CREATE TABLE rfx_user.numbered_all PARTITION OF rfx_user.numbered DEFAULT;
INSERT INTO rfx_user.identified (id, n) SELECT id::integer, n::integer FROM rfx_user.identified__mig_rows;
INSERT INTO rfx_user."Limited" (id, n) SELECT id::integer, n::integer FROM rfx_user."Limited__mig_rows";
SELECT setval('rfx_user."Limited_id_seq"', last_value, is_called) FROM rfx_user."Limited_id_seq__mig_rows";
INSERT INTO rfx_user.numbered (id, n) SELECT id::integer, n::integer FROM rfx_user.numbered__mig_rows;
SELECT setval('rfx_user.numbered_id_seq', last_value, is_called) FROM rfx_user.numbered_id_seq__mig_rows;
ALTER SEQUENCE rfx_user."Limited_id_seq" OWNED BY rfx_user."Limited".id;
ALTER TABLE rfx_user.numbered ALTER COLUMN id SET DEFAULT nextval('rfx_user.numbered_id_seq'::regclass);
ALTER TABLE rfx_user.takes ALTER COLUMN number SET DEFAULT nextval('rfx_user.numbered_id_seq'::regclass);
SELECT setval('rfx_user.numbered_id_seq', max(number)) FROM rfx_user.takes HAVING max(number) >= (SELECT last_value FROM rfx_user.numbered_id_seq);
ALTER TABLE rfx_user.identified ADD CONSTRAINT identified_pkey PRIMARY KEY (id);
ALTER TABLE rfx_user.numbered ADD CONSTRAINT numbered_pkey PRIMARY KEY (id);
CREATE POLICY below ON rfx_user."Limited" FOR ALL TO PUBLIC USING ((EXISTS ( SELECT
   FROM rfx_user."Limited_id_seq"
  WHERE ("Limited_id_seq".last_value < 1000))));
DROP TABLE rfx_user.identified__mig_rows;
DROP TABLE rfx_user.identified_id_seq__mig_rows;
DROP TABLE rfx_user."Limited__mig_rows";
DROP TABLE rfx_user."Limited_id_seq__mig_rows";
DROP TABLE rfx_user.numbered__mig_rows;
DROP TABLE rfx_user.numbered_id_seq__mig_rows;

-- downgrade
LOCK TABLE rfx_user."Limited" IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user."Limited_id_seq__mig_rows" AS SELECT last_value,
  is_called FROM rfx_user."Limited_id_seq";
CREATE TABLE rfx_user."Limited__mig_rows" AS SELECT id, n FROM rfx_user."Limited";
DROP TABLE rfx_user."Limited";
LOCK TABLE rfx_user.identified IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user.identified__mig_rows AS SELECT id, n FROM rfx_user.identified;
DROP TABLE rfx_user.identified;
LOCK TABLE rfx_user.numbered IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user.numbered_id_seq__mig_rows AS SELECT last_value, is_called FROM rfx_user.numbered_id_seq;
ALTER TABLE rfx_user.takes ALTER COLUMN number DROP DEFAULT;
CREATE TABLE rfx_user.numbered__mig_rows AS SELECT id, n FROM rfx_user.numbered;
DROP TABLE rfx_user.numbered;
CREATE SEQUENCE rfx_user."Limited_id_seq" AS integer;
CREATE SEQUENCE rfx_user.numbered_id_seq AS integer;
CREATE TABLE rfx_user."Limited" (
  id integer NOT NULL,
  n  integer
) PARTITION BY RANGE (id);
ALTER SEQUENCE rfx_user."Limited_id_seq" OWNED BY rfx_user."Limited".id;
CREATE TABLE rfx_user.identified (
  id integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  n  integer,
  CONSTRAINT identified_pkey PRIMARY KEY (id)
);
CREATE TABLE rfx_user.limited_all PARTITION OF rfx_user."Limited" DEFAULT;
CREATE TABLE rfx_user.numbered (
  id integer NOT NULL DEFAULT nextval('rfx_user.numbered_id_seq'::regclass),
  n  integer,
  CONSTRAINT numbered_pkey PRIMARY KEY (id)
);
CREATE TABLE rfx_user.took (
  id     integer NOT NULL,
  number integer DEFAULT nextval('rfx_user.identified_id_seq'::regclass),
  CONSTRAINT took_pkey PRIMARY KEY (id)
);
INSERT INTO rfx_user."Limited" (id, n) SELECT id::integer, n::integer FROM rfx_user."Limited__mig_rows";
SELECT setval('rfx_user."Limited_id_seq"', last_value, is_called) FROM rfx_user."Limited_id_seq__mig_rows";
INSERT INTO rfx_user.identified (id, n) OVERRIDING SYSTEM VALUE SELECT id::integer, n::integer FROM rfx_user.identified__mig_rows;
SELECT setval('rfx_user.identified_id_seq', max(id)) FROM rfx_user.identified HAVING max(id) >= (SELECT last_value FROM rfx_user.identified_id_seq);
INSERT INTO rfx_user.numbered (id, n) SELECT id::integer, n::integer FROM rfx_user.numbered__mig_rows;
SELECT setval('rfx_user.numbered_id_seq', last_value, is_called) FROM rfx_user.numbered_id_seq__mig_rows;
ALTER SEQUENCE rfx_user.numbered_id_seq OWNED BY rfx_user.numbered.id;
ALTER TABLE rfx_user."Limited" ALTER COLUMN id SET DEFAULT nextval('rfx_user."Limited_id_seq"'::regclass);
ALTER TABLE rfx_user.takes ALTER COLUMN number SET DEFAULT nextval('rfx_user.numbered_id_seq'::regclass);
SELECT setval('rfx_user.numbered_id_seq', max(number)) FROM rfx_user.takes HAVING max(number) >= (SELECT last_value FROM rfx_user.numbered_id_seq);
ALTER TABLE rfx_user."Limited" ADD CONSTRAINT "Limited_pkey" PRIMARY KEY (id);
CREATE POLICY below ON rfx_user."Limited" FOR ALL TO PUBLIC USING ((EXISTS ( SELECT
   FROM rfx_user."Limited_id_seq"
  WHERE ("Limited_id_seq".last_value < 1000))));
DROP TABLE rfx_user."Limited__mig_rows";
DROP TABLE rfx_user."Limited_id_seq__mig_rows";
DROP TABLE rfx_user.identified__mig_rows;
DROP TABLE rfx_user.numbered__mig_rows;
DROP TABLE rfx_user.numbered_id_seq__mig_rows;
