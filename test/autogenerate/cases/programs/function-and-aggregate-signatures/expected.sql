-- upgrade
SET LOCAL check_function_bodies = off;
ALTER TABLE rfx_user.item DROP COLUMN m;
DROP TYPE rfx_user.money_t;
DROP FUNCTION rfx_user.rows_of(rfx_user.sums2);
DROP VIEW rfx_user.sums2;
DROP TRIGGER tr ON rfx_user.item;
DROP VIEW rfx_user.sums;
DROP INDEX rfx_user.item_tax;
ALTER TABLE rfx_user.item DROP CONSTRAINT item_c_check;
ALTER TABLE rfx_user.item ALTER COLUMN c TYPE text USING c::text;
DROP DOMAIN rfx_user.code;
DROP AGGREGATE rfx_user.total(numeric);
DROP FUNCTION rfx_user.all_items();
DROP FUNCTION rfx_user.valid(text);
ALTER TABLE rfx_user.item DROP COLUMN taxed;
DROP FUNCTION rfx_user.tax(numeric, numeric);
ALTER TABLE rfx_user.item ALTER COLUMN id TYPE bigint;
ALTER TABLE rfx_user.item ALTER COLUMN price TYPE double precision;
CREATE TYPE rfx_user.money_t AS (
  currency character varying(3),
  amount   numeric(12,2)
);
ALTER TABLE rfx_user.item ADD COLUMN m rfx_user.money_t;
CREATE OR REPLACE FUNCTION rfx_user.all_items(lim integer DEFAULT 10)
 RETURNS SETOF rfx_user.item
 LANGUAGE sql
 STABLE
AS $function$ SELECT * FROM rfx_user.item LIMIT lim $function$;
CREATE OR REPLACE FUNCTION rfx_user.tax(price numeric, vat double precision DEFAULT 0.19, OUT net numeric, OUT gross numeric)
 RETURNS record
 LANGUAGE sql
 IMMUTABLE
AS $function$ SELECT price, price * 1.19 $function$;
CREATE OR REPLACE FUNCTION rfx_user.taxed(price numeric)
 RETURNS numeric
 LANGUAGE sql
 IMMUTABLE
AS $function$ SELECT price * 1.2 $function$;
CREATE OR REPLACE FUNCTION rfx_user.touch()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN NEW.price := NEW.price + 2; RETURN NEW; END $function$;
CREATE OR REPLACE FUNCTION rfx_user.valid(c text, strict boolean DEFAULT true)
 RETURNS boolean
 LANGUAGE plpgsql
 IMMUTABLE
AS $function$ BEGIN RETURN c ~ '^[A-Z0-9]+$'; END $function$;
CREATE AGGREGATE rfx_user.total(double precision) (SFUNC = float8pl, STYPE = double precision, INITCOND = '0');
ALTER TABLE rfx_user.item ADD CONSTRAINT item_m_check CHECK (((m).amount > (1)::numeric));
ALTER TABLE rfx_user.item ADD COLUMN taxed numeric GENERATED ALWAYS AS (rfx_user.taxed((price)::numeric)) STORED;
CREATE DOMAIN rfx_user.code AS character varying(20) CONSTRAINT code_check CHECK (rfx_user.valid((VALUE)::text, false));
ALTER TABLE rfx_user.item ALTER COLUMN c TYPE rfx_user.code USING c::rfx_user.code;
CREATE VIEW rfx_user.sums AS
 SELECT c,
    rfx_user.total(price) AS t,
    count(*) AS n
   FROM rfx_user.item
  GROUP BY c;
CREATE VIEW rfx_user.sums2 AS
 SELECT n,
    t
   FROM rfx_user.sums
  WHERE (t > (1)::double precision);
CREATE OR REPLACE FUNCTION rfx_user.rows_of(rfx_user.sums2)
 RETURNS bigint
 LANGUAGE sql
AS $function$ SELECT 1::bigint $function$;
CREATE CONSTRAINT TRIGGER tr AFTER UPDATE OF price, c ON rfx_user.item DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (rfx_user.valid((new.c)::text)) EXECUTE FUNCTION rfx_user.touch();
ALTER TABLE rfx_user.item ADD CONSTRAINT item_c_check CHECK (rfx_user.valid((c)::text, true));
CREATE INDEX item_tax ON rfx_user.item USING btree (rfx_user.taxed((price)::numeric)) WHERE rfx_user.valid((c)::text);

-- downgrade
SET LOCAL check_function_bodies = off;
ALTER TABLE rfx_user.item DROP COLUMN m;
DROP TYPE rfx_user.money_t;
DROP FUNCTION rfx_user.rows_of(rfx_user.sums2);
DROP VIEW rfx_user.sums2;
DROP TRIGGER tr ON rfx_user.item;
DROP VIEW rfx_user.sums;
DROP INDEX rfx_user.item_tax;
ALTER TABLE rfx_user.item DROP CONSTRAINT item_c_check;
ALTER TABLE rfx_user.item ALTER COLUMN c TYPE text USING c::text;
DROP DOMAIN rfx_user.code;
DROP AGGREGATE rfx_user.total(double precision);
DROP FUNCTION rfx_user.all_items(integer);
DROP FUNCTION rfx_user.tax(numeric, double precision);
DROP FUNCTION rfx_user.valid(text, boolean);
ALTER TABLE rfx_user.item DROP COLUMN taxed;
DROP FUNCTION rfx_user.taxed(numeric);
ALTER TABLE rfx_user.item ALTER COLUMN id TYPE integer;
ALTER TABLE rfx_user.item ALTER COLUMN price TYPE numeric;
CREATE TYPE rfx_user.money_t AS (amount numeric, currency text);
ALTER TABLE rfx_user.item ADD COLUMN m rfx_user.money_t;
CREATE OR REPLACE FUNCTION rfx_user.all_items()
 RETURNS SETOF rfx_user.item
 LANGUAGE sql
 STABLE
AS $function$ SELECT * FROM rfx_user.item $function$;
CREATE OR REPLACE FUNCTION rfx_user.tax(amount numeric, rate numeric DEFAULT 0.2)
 RETURNS numeric
 LANGUAGE sql
 IMMUTABLE
AS $function$ SELECT amount * rate $function$;
CREATE OR REPLACE FUNCTION rfx_user.touch()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN NEW.price := NEW.price + 1; RETURN NEW; END $function$;
CREATE OR REPLACE FUNCTION rfx_user.valid(code text)
 RETURNS boolean
 LANGUAGE plpgsql
 IMMUTABLE
AS $function$ BEGIN RETURN code ~ '^[A-Z]+$'; END $function$;
CREATE AGGREGATE rfx_user.total(numeric) (SFUNC = numeric_add, STYPE = numeric, INITCOND = '0');
ALTER TABLE rfx_user.item ADD CONSTRAINT item_m_check CHECK (((m).amount > (0)::numeric));
ALTER TABLE rfx_user.item ADD COLUMN taxed numeric GENERATED ALWAYS AS (rfx_user.tax(price)) STORED;
CREATE DOMAIN rfx_user.code AS text CONSTRAINT code_check CHECK (rfx_user.valid(VALUE));
ALTER TABLE rfx_user.item ALTER COLUMN c TYPE rfx_user.code USING c::rfx_user.code;
CREATE VIEW rfx_user.sums AS
 SELECT c,
    rfx_user.total(taxed) AS t
   FROM rfx_user.item
  GROUP BY c;
CREATE VIEW rfx_user.sums2 AS
 SELECT c,
    t
   FROM rfx_user.sums
  WHERE (t > rfx_user.tax((1)::numeric));
CREATE OR REPLACE FUNCTION rfx_user.rows_of(rfx_user.sums2)
 RETURNS integer
 LANGUAGE sql
AS $function$ SELECT 1 $function$;
CREATE TRIGGER tr BEFORE UPDATE OF price ON rfx_user.item FOR EACH ROW WHEN (rfx_user.valid((new.c)::text)) EXECUTE FUNCTION rfx_user.touch();
ALTER TABLE rfx_user.item ADD CONSTRAINT item_c_check CHECK (rfx_user.valid((c)::text));
CREATE INDEX item_tax ON rfx_user.item USING btree (rfx_user.tax(price, 0.3)) WHERE rfx_user.valid((c)::text);
