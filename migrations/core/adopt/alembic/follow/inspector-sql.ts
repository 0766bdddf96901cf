import { quoteIdent, quoteLiteral } from '../../../postgres/quote.ts'

/** A table as `to_regclass` finds it. */
export function relation(table: string, schema: string | undefined): string {
  const name = schema === undefined ? quoteIdent(table) : `${quoteIdent(schema)}.${quoteIdent(table)}`
  return `to_regclass(${quoteLiteral(name)})`
}

function namespace(schema: string | undefined): string {
  return schema === undefined
    ? 'current_schema()::regnamespace'
    : `(SELECT oid FROM pg_namespace WHERE nspname = ${quoteLiteral(schema)})`
}

function rows(object: string, from: string, order: string): string {
  return `SELECT coalesce(json_agg(json_build_object(${object}) ORDER BY ${order})::text, '[]') FROM ${from}`
}

function names(keys: string, table: string): string {
  return `(SELECT json_agg(a.attname ORDER BY k.n) FROM unnest(${keys}) WITH ORDINALITY k(attnum, n) LEFT JOIN pg_attribute a ON a.attrelid = ${table} AND a.attnum = k.attnum AND k.attnum > 0)`
}

function constraint(type: string, more: string): (table: string) => string {
  return (table) =>
    rows(
      `'name', c.conname, ${more}`,
      `pg_constraint c WHERE c.conrelid = ${table} AND c.contype = '${type}'`,
      'c.conname',
    )
}

/** What methods of SQLAlchemy's inspector that take a table give, as JSON (SQLAlchemy, "Reflecting Database Objects"). */
export const tableQuestions: Readonly<Record<string, (table: string) => string>> = {
  get_columns: (table) =>
    rows(
      `'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'base', t.typname, 'kind', t.typtype,
       'labels', (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
       'nullable', NOT a.attnotnull, 'default', pg_get_expr(d.adbin, d.adrelid), 'comment', col_description(a.attrelid, a.attnum)`,
      `pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = ${table} AND a.attnum > 0 AND NOT a.attisdropped`,
      'a.attnum',
    ),
  get_foreign_keys: constraint(
    'f',
    `'constrained_columns', ${names('c.conkey', 'c.conrelid')}, 'referred_columns', ${names('c.confkey', 'c.confrelid')},
     'referred_table', (SELECT relname FROM pg_class WHERE oid = c.confrelid),
     'referred_schema', (SELECT CASE WHEN pg_table_is_visible(c.confrelid) THEN NULL ELSE relnamespace::regnamespace::text END FROM pg_class WHERE oid = c.confrelid),
     'ondelete', c.confdeltype, 'onupdate', c.confupdtype`,
  ),
  get_unique_constraints: constraint('u', `'column_names', ${names('c.conkey', 'c.conrelid')}`),
  get_check_constraints: constraint('c', `'sqltext', pg_get_expr(c.conbin, c.conrelid)`),
  get_pk_constraint: constraint('p', `'constrained_columns', ${names('c.conkey', 'c.conrelid')}`),
  get_indexes: (table) =>
    rows(
      `'name', c.relname, 'unique', i.indisunique, 'column_names', ${names('(i.indkey::int2[])[0:i.indnkeyatts - 1]', 'i.indrelid')},
       'duplicates_constraint', (SELECT conname FROM pg_constraint k WHERE k.conindid = c.oid AND k.contype = 'u')`,
      `pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = ${table} AND NOT i.indisprimary`,
      'c.relname',
    ),
}

/** `null` for a table that is not there. */
export function askTable(method: string, table: string, schema: string | undefined): string | undefined {
  const question = Object.hasOwn(tableQuestions, method) ? tableQuestions[method] : undefined
  const name = relation(table, schema)
  return question && `SELECT CASE WHEN ${name} IS NULL THEN 'null' ELSE (${question(name)}) END`
}

/** The tables or views of a schema. */
export function askNames(kinds: string, schema: string | undefined): string {
  return `SELECT coalesce(json_agg(relname ORDER BY relname)::text, '[]') FROM pg_class WHERE relnamespace = ${namespace(schema)} AND relkind IN (${kinds})`
}

export function askEnums(schema: string | undefined): string {
  return rows(
    `'name', t.typname, 'schema', t.typnamespace::regnamespace::text, 'visible', pg_type_is_visible(t.oid),
     'labels', (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid)`,
    `pg_type t WHERE t.typtype = 'e' AND t.typnamespace = ${namespace(schema)}`,
    't.typname',
  )
}

export function askHasTable(table: string, schema: string | undefined): string {
  return `SELECT (${relation(table, schema)} IS NOT NULL)::text`
}

export const askSchemas =
  "SELECT json_agg(nspname ORDER BY nspname)::text FROM pg_namespace WHERE nspname !~ '^pg_'"
