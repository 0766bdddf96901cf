/**
 * Better matches than the server's own, as a role plants them that may create objects in a schema. Each one that is
 * called leaves a trace that no rollback takes away.
 */

/** What notes a call: `trap.calls` counts them, `trap.last` tells the latest. */
export const trapSql = `
CREATE SCHEMA trap;
CREATE SEQUENCE trap.calls;
CREATE FUNCTION trap.hit(what text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN PERFORM pg_catalog.nextval('trap.calls'); RAISE WARNING 'trap: %', what; END $$;
GRANT USAGE ON SCHEMA trap TO PUBLIC;
GRANT ALL ON SEQUENCE trap.calls TO PUBLIC;`

/** The polymorphic functions of the server that catalog queries are written with, by how many arguments they take. */
const functions: readonly (readonly [name: string, ...counts: number[]])[] = [
  ...(['unnest', 'cardinality', 'array_agg', 'json_agg', 'jsonb_agg', 'to_json', 'to_jsonb'] as const).map(
    (name) => [name, 1] as const,
  ),
  ...(['count', 'max', 'min', 'quote_ident', 'quote_literal', 'quote_nullable'] as const).map(
    (name) => [name, 1] as const,
  ),
  ...(['format', 'concat', 'json_build_array', 'jsonb_build_array', 'json_build_object'] as const).map(
    (name) => [name, 1, 2, 3, 4] as const,
  ),
  ['jsonb_build_object', 2, 4],
  ...(['array_length', 'array_to_string', 'array_append', 'array_remove', 'array_position'] as const).map(
    (name) => [name, 2] as const,
  ),
  ...(
    ['string_agg', 'concat_ws', 'left', 'host', 'lower', 'length', 'octet_length', 'set_config'] as const
  ).map((name) => [name, 1, 2, 3] as const),
  ...(['to_regclass', 'to_regnamespace', 'pg_try_advisory_lock', 'pg_advisory_unlock'] as const).map(
    (name) => [name, 1] as const,
  ),
  ['hashtextextended', 2],
  ['has_schema_privilege', 2],
  ['format_type', 2],
  ['pg_get_expr', 2],
]

const types = ['text', 'text[]', 'name', 'name[]', 'oid', 'integer', 'boolean', 'character varying']

/** Operators by pairs of types for which pg_catalog has a polymorphic match or one that wants a cast. */
const operators: readonly (readonly [sign: string, left: string, right: string])[] = [
  ...['text[]', 'name[]', 'oid[]', 'integer[]'].flatMap((type) =>
    ['=', '<>', '<', '>', '||', '@>', '<@', '&&'].map((sign) => [sign, type, type] as const),
  ),
  ...['*', '+', '-', '/', '<', '>'].flatMap((sign) => [
    [sign, 'numeric', 'integer'] as const,
    [sign, 'integer', 'numeric'] as const,
    [sign, 'double precision', 'integer'] as const,
  ]),
  ...['name', 'oid', 'integer', '"char"', 'bigint', 'boolean', 'character varying'].flatMap((type) => [
    ['||', 'text', type] as const,
    ['||', type, 'text'] as const,
  ]),
  ...['=', '<>'].flatMap((sign) => [
    [sign, 'character varying', 'text'] as const,
    [sign, 'character varying', 'character varying'] as const,
    [sign, 'oid', 'integer'] as const,
    [sign, 'oid', 'regclass'] as const,
    [sign, 'oid', 'regnamespace'] as const,
    [sign, '"char"', 'text'] as const,
    [sign, 'name', 'character varying'] as const,
  ]),
  ...[['=', 'name', 'name'] as const, ['=', 'oid', 'oid'] as const, ['=', 'text', 'text'] as const],
  ...[['>', 'character varying', 'character varying'] as const, ['->', 'jsonb', 'name'] as const],
]

/** Plants in a schema; functions that the server has with the very same types are planted too. */
export function plantedSql(schema: string): string {
  const quoted = `'${schema.replaceAll("'", "''")}'`
  const calls = functions.flatMap(([name, ...counts]) =>
    counts.flatMap((count) => types.map((type) => `('${name}', '${Array(count).fill(type).join(', ')}')`)),
  )
  const signs = operators.map(([sign, left, right]) => `('${sign}', '${left}', '${right}')`)
  return `DO $plant$
DECLARE one record; at integer := 0;
BEGIN
  FOR one IN SELECT * FROM (VALUES ${calls.join(', ')}) AS f (name, arguments) LOOP
    EXECUTE pg_catalog.format('CREATE FUNCTION %I.%I(%s) RETURNS text LANGUAGE plpgsql AS %L', ${quoted}, one.name, one.arguments,
      pg_catalog.format('BEGIN PERFORM trap.hit(%L); RETURN NULL; END', ${quoted} || '.' || one.name || '(' || one.arguments || ')'));
  END LOOP;
  FOR one IN SELECT * FROM (VALUES ${signs.join(', ')}) AS o (sign, l, r) LOOP
    at := at + 1;
    EXECUTE pg_catalog.format('CREATE FUNCTION %I.%I(%s, %s) RETURNS boolean LANGUAGE plpgsql AS %L', ${quoted}, 'op' || at, one.l, one.r,
      pg_catalog.format('BEGIN PERFORM trap.hit(%L); RETURN NULL; END', ${quoted} || '.' || one.sign || '(' || one.l || ', ' || one.r || ')'));
    EXECUTE pg_catalog.format('CREATE OPERATOR %I.%s (leftarg = %s, rightarg = %s, function = %I.%I)', ${quoted}, one.sign, one.l, one.r, ${quoted}, 'op' || at);
  END LOOP;
  EXECUTE pg_catalog.format('CREATE FUNCTION %1$I.seen() RETURNS text LANGUAGE plpgsql AS %2$L', ${quoted}, 'BEGIN PERFORM trap.hit(''a view''); RETURN NULL; END');
  FOR one IN SELECT pg_catalog.unnest(ARRAY['pg_class', 'pg_namespace', 'pg_locks', 'pg_stat_activity', 'version', 'log', 'progress']) AS name LOOP
    EXECUTE pg_catalog.format('CREATE VIEW %1$I.%2$I AS SELECT %1$I.seen() AS target_schema, %1$I.seen() AS revision', ${quoted}, one.name);
  END LOOP;
  EXECUTE pg_catalog.format('CREATE TYPE %1$I.pair AS (a text, b text)', ${quoted});
  EXECUTE pg_catalog.format('CREATE FUNCTION %1$I.as_text(%1$I.pair) RETURNS text LANGUAGE plpgsql AS %2$L', ${quoted}, 'BEGIN PERFORM trap.hit(''a cast''); RETURN NULL; END');
  EXECUTE pg_catalog.format('CREATE CAST (%1$I.pair AS text) WITH FUNCTION %1$I.as_text(%1$I.pair) AS IMPLICIT', ${quoted});
END $plant$`
}

/**
 * A copy of every function and operator of the server, for a database whose search_path has pg_catalog last: whatever a
 * session calls by its bare name before it sets a path of its own is one of these.
 */
export const copiesSql = (schema: string): string => `DO $copy$
DECLARE one record; made integer := 0;
BEGIN
  FOR one IN SELECT p.oid, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid) AS arguments
    FROM pg_catalog.pg_proc AS p WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proargmodes IS NULL AND p.provariadic = 0
      AND NOT EXISTS (SELECT FROM pg_catalog.unnest(p.proargtypes::oid[]) AS a JOIN pg_catalog.pg_type AS t ON t.oid = a WHERE t.typtype = 'p')
      AND EXISTS (SELECT FROM pg_catalog.pg_type AS t WHERE t.oid = p.prorettype AND t.typtype <> 'p') AND p.prokind = 'f' LOOP
    EXECUTE pg_catalog.format('CREATE FUNCTION ${schema}.%I(%s) RETURNS text LANGUAGE plpgsql AS %L', one.proname, one.arguments,
      pg_catalog.format('BEGIN PERFORM trap.hit(%L); RETURN NULL; END', 'copy of ' || one.oid::regprocedure));
  END LOOP;
  FOR one IN SELECT o.oprname, pg_catalog.format_type(o.oprleft, NULL) AS l, pg_catalog.format_type(o.oprright, NULL) AS r
    FROM pg_catalog.pg_operator AS o JOIN pg_catalog.pg_type AS a ON a.oid = o.oprleft JOIN pg_catalog.pg_type AS b ON b.oid = o.oprright
    WHERE o.oprnamespace = 'pg_catalog'::regnamespace AND a.typtype <> 'p' AND b.typtype <> 'p' LOOP
    made := made + 1;
    EXECUTE pg_catalog.format('CREATE FUNCTION ${schema}.%I(%s, %s) RETURNS boolean LANGUAGE plpgsql AS %L', 'copy_op' || made, one.l, one.r,
      pg_catalog.format('BEGIN PERFORM trap.hit(%L); RETURN NULL; END', 'copy of ' || one.oprname || '(' || one.l || ', ' || one.r || ')'));
    EXECUTE pg_catalog.format('CREATE OPERATOR ${schema}.%s (leftarg = %s, rightarg = %s, function = ${schema}.%I)', one.oprname, one.l, one.r, 'copy_op' || made);
  END LOOP;
END $copy$`
