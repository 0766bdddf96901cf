import type { ClientBase } from 'pg'
import { qualifiedName, quoteIdent } from '../../postgres/index.ts'
import type { LiveObject } from './live-objects.ts'
import type { LiveColumn, Referred } from './referred.ts'

/**
 * The statements that make surroundings where they are not: tables with the columns that are referred to and the keys over
 * these, views without their query, functions as they are where their body is a text. An order that psql takes, but for
 * checks of domains that call functions.
 * @param live the database that they were read from, with a search_path of ours
 */
export async function surroundingStatements(
  live: ClientBase,
  { roles, extensions, objects, columns }: Referred,
): Promise<readonly string[]> {
  const schemas = new Set([...objects, ...extensions].map(({ schema }) => schema))
  const builtIn = ['public', 'pg_catalog']
  const ofKind = (...kinds: readonly LiveObject['kind'][]) =>
    objects.filter(({ kind }) => kinds.includes(kind))
  const tables = ofKind('table', 'foreign table')
  const keys = await readKeys(live, tables)
  return [
    ...roles.map(roleStatement),
    ...[...schemas]
      .filter((schema) => !builtIn.includes(schema))
      .toSorted()
      .map((schema) => `CREATE SCHEMA IF NOT EXISTS ${quoteIdent(schema)}`),
    ...extensions.map(
      ({ name, schema }) =>
        `CREATE EXTENSION IF NOT EXISTS ${quoteIdent(name)}${schema === 'pg_catalog' ? '' : ` SCHEMA ${quoteIdent(schema)}`} CASCADE`,
    ),
    ...(await definitions(live, typesQuery, ofKind('type', 'domain'))),
    ...ofKind('sequence').map(
      ({ schema, name }) => `CREATE SEQUENCE IF NOT EXISTS ${qualifiedName(schema, name)}`,
    ),
    ...tables.flatMap((table) => tableStatements(table, columns.get(table) ?? [], keys)),
    ...(await definitions(live, functionsQuery, ofKind('function', 'procedure'))),
    ...ofKind('view', 'materialized view').map((view) => viewStatement(view, columns.get(view) ?? [])),
  ]
}

/** One that may be there already: roles are the server's. */
function roleStatement(role: string): string {
  return `DO $$ BEGIN CREATE ROLE ${quoteIdent(role)} NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$`
}

function viewStatement({ kind, schema, name }: LiveObject, columns: readonly LiveColumn[]): string {
  const list = columns.map((column) => `NULL::${column.type} AS ${quoteIdent(column.name)}`).join(', ')
  return `CREATE ${kind === 'view' ? 'OR REPLACE VIEW' : 'MATERIALIZED VIEW IF NOT EXISTS'} ${qualifiedName(schema, name)} AS SELECT ${list}`
}

interface Key {
  readonly relation: string
  readonly columns: readonly string[]
  /** Of a constraint, or of an index. */
  readonly definition: string
  readonly isConstraint: boolean
}

function tableStatements(
  { oid, schema, name }: LiveObject,
  columns: readonly LiveColumn[],
  all: readonly Key[],
): readonly string[] {
  const kept = new Set(columns.map((column) => column.name))
  const keys = all.filter((key) => key.relation === oid && key.columns.every((column) => kept.has(column)))
  const parts = [
    ...columns.map((column) => `${quoteIdent(column.name)} ${column.type}`),
    ...keys.flatMap(({ isConstraint, definition }) => (isConstraint ? [definition] : [])),
  ]
  return [
    `CREATE TABLE IF NOT EXISTS ${qualifiedName(schema, name)} (${parts.join(', ')})`,
    ...keys.flatMap(({ isConstraint, definition }) =>
      isConstraint ? [] : [definition.replace(/ INDEX /, ' INDEX IF NOT EXISTS ')],
    ),
  ]
}

/** What a foreign key can refer to. */
async function readKeys(live: ClientBase, tables: readonly LiveObject[]): Promise<readonly Key[]> {
  if (tables.length === 0) return []
  const { rows } = await live.query<Key>(
    `SELECT i.indrelid::text AS relation, c.oid IS NOT NULL AS "isConstraint",
            coalesce('CONSTRAINT ' || quote_ident(c.conname) || ' ' || pg_get_constraintdef(c.oid), pg_get_indexdef(i.indexrelid)) AS definition,
            ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)) AS columns
       FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.conrelid = i.indrelid AND c.contype IN ('p', 'u')
      WHERE i.indrelid = ANY ($1::oid[]) AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL
      ORDER BY i.indrelid, i.indexrelid`,
    [tables.map(({ oid }) => oid)],
  )
  return rows
}

async function definitions(
  live: ClientBase,
  query: string,
  objects: readonly LiveObject[],
): Promise<readonly string[]> {
  if (objects.length === 0) return []
  const { rows } = await live.query<{ definition: string }>(query, [objects.map(({ oid }) => oid)])
  return rows.map(({ definition }) => definition)
}

/** Types in the order in which they were made, since each is made of earlier ones. */
const typesQuery = `
  SELECT CASE t.typtype
    WHEN 'e' THEN format('CREATE TYPE %I.%I AS ENUM (%s)', n.nspname, t.typname,
      (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid))
    WHEN 'd' THEN concat_ws(' ', format('CREATE DOMAIN %I.%I AS %s', n.nspname, t.typname, format_type(t.typbasetype, t.typtypmod)),
      CASE WHEN t.typnotnull THEN 'NOT NULL' END,
      (SELECT string_agg(format('CONSTRAINT %I %s', c.conname, pg_get_constraintdef(c.oid)), ' ' ORDER BY c.conname)
         FROM pg_constraint c WHERE c.contypid = t.oid AND c.contype = 'c'))
    WHEN 'r' THEN (SELECT format('CREATE TYPE %I.%I AS RANGE (SUBTYPE = %s)', n.nspname, t.typname, format_type(r.rngsubtype, NULL))
      FROM pg_range r WHERE r.rngtypid = t.oid)
    ELSE format('CREATE TYPE %I.%I AS (%s)', n.nspname, t.typname,
      (SELECT string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum)
         FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped))
    END AS definition
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
   WHERE t.oid = ANY ($1::oid[]) OR t.typrelid = ANY ($1::oid[]) AND t.typtype = 'c' ORDER BY t.oid`

/** As they are, where the body is a text; else one that gives NULL. */
const functionsQuery = `
  SELECT CASE
    WHEN l.lanname IN ('sql', 'plpgsql') AND p.prosqlbody IS NULL THEN pg_get_functiondef(p.oid)
    WHEN p.prokind = 'p' THEN format('CREATE OR REPLACE PROCEDURE %I.%I(%s) LANGUAGE sql AS %L', n.nspname, p.proname, pg_get_function_arguments(p.oid), '')
    WHEN p.prorettype = 'trigger'::regtype THEN format('CREATE OR REPLACE FUNCTION %I.%I() RETURNS trigger LANGUAGE plpgsql AS %L', n.nspname, p.proname, 'BEGIN RETURN NEW; END')
    ELSE format('CREATE OR REPLACE FUNCTION %I.%I(%s) RETURNS %s LANGUAGE sql %s AS %L', n.nspname, p.proname, pg_get_function_arguments(p.oid),
      pg_get_function_result(p.oid), CASE p.provolatile WHEN 'i' THEN 'IMMUTABLE' WHEN 's' THEN 'STABLE' ELSE 'VOLATILE' END,
      CASE WHEN p.proretset OR p.prorettype IN ('record'::regtype, 'void'::regtype) THEN 'SELECT' ELSE 'SELECT NULL::' || format_type(p.prorettype, NULL) END)
    END AS definition
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
   WHERE p.oid = ANY ($1::oid[]) ORDER BY n.nspname, p.proname, p.oid`
