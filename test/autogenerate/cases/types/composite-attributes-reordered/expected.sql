-- upgrade
SET LOCAL check_function_bodies = off;
DROP TYPE rfx_user.swapped;
DROP VIEW rfx_user.every_span;
DROP OPERATOR rfx_user.-(rfx_user.span,rfx_user.span);
DROP FUNCTION rfx_user.width(rfx_user.span);
DROP FUNCTION rfx_user.spans();
DROP FUNCTION rfx_user.apart(rfx_user.span,rfx_user.span);
DROP TYPE rfx_user.span;
CREATE TYPE rfx_user.span AS (low integer, middle integer, high integer);
CREATE TYPE rfx_user.swapped AS (b text, a text);
CREATE OR REPLACE FUNCTION rfx_user.apart(a rfx_user.span, b rfx_user.span)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$SELECT (a).low - (b).low$function$;
CREATE OR REPLACE FUNCTION rfx_user.spans()
 RETURNS SETOF rfx_user.span
 LANGUAGE sql
AS $function$SELECT 1, 2, 3$function$;
CREATE OR REPLACE FUNCTION rfx_user.width(s rfx_user.span)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$SELECT (s).high - (s).low$function$;
CREATE VIEW rfx_user.every_span AS
 SELECT low,
    middle,
    high
   FROM rfx_user.spans() spans(low, middle, high);
CREATE OPERATOR rfx_user.- (FUNCTION = rfx_user.apart, LEFTARG = rfx_user.span, RIGHTARG = rfx_user.span);

-- downgrade
SET LOCAL check_function_bodies = off;
DROP TYPE rfx_user.swapped;
DROP VIEW rfx_user.every_span;
ALTER TYPE rfx_user.span DROP ATTRIBUTE middle CASCADE;
CREATE TYPE rfx_user.swapped AS (a text, b text);
CREATE OR REPLACE FUNCTION rfx_user.spans()
 RETURNS SETOF rfx_user.span
 LANGUAGE sql
AS $function$SELECT 1, 2$function$;
CREATE VIEW rfx_user.every_span AS
 SELECT low,
    high
   FROM rfx_user.spans() spans(low, high);
