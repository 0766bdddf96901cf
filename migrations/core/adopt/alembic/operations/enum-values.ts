import { quoteIdent, quoteLiteral } from '../../../postgres/quote.ts'
import { tableName } from '../constraints.ts'
import { argumentsOf, listOf, textOf, Unconverted, unknownValue } from '../reading.ts'
import type { Operation } from './operation.ts'

interface UsedIn {
  readonly table: string
  readonly column: string
  readonly isArray: boolean
}

/**
 * `op.sync_enum_values(enum_schema, enum_name, new_values, affected_columns, enum_values_to_rename)` of
 * alembic-postgresql-enum: an enum type gets new values, and the columns of it keep their values and their defaults.
 */
export const syncEnumValues: Operation = (call) => {
  const names = ['enum_schema', 'enum_name', 'new_values', 'affected_columns', 'enum_values_to_rename']
  const given = argumentsOf(call, names, ['indexes_to_recreate'])
  const indexes = given.given('indexes_to_recreate')
  if (indexes !== undefined && listOf(indexes).length > 0)
    throw new Unconverted('indexes that an enum type stands in', call.line)
  const name = given.text('enum_name')
  const type = tableName(given.optionalText('enum_schema'), name)
  const old = `${name}_old`
  const renames = listOf(given.given('enum_values_to_rename') ?? { kind: 'list', items: [], line: call.line })
    .map(listOf)
    .map(([from, to]) => {
      if (from === undefined || to === undefined) throw new Unconverted('a value that is renamed', call.line)
      return [quoteLiteral(textOf(from)), quoteLiteral(textOf(to))] as const
    })
  const columns = listOf(given.given('affected_columns') ?? unknown(call)).map(usedIn)
  if (renames.length > 0 && columns.some(({ isArray }) => isArray))
    throw new Unconverted('values that are renamed in an array', call.line)
  const values = given.texts('new_values').map(quoteLiteral).join(', ')
  return [
    [
      'DO $mig$',
      'DECLARE',
      ...columns.map((_, at) => `  default_${at + 1} text;`),
      'BEGIN',
      ...columns.map(
        ({ table, column }, at) =>
          `  SELECT pg_get_expr(d.adbin, d.adrelid) INTO default_${at + 1} FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE d.adrelid = ${quoteLiteral(table)}::regclass AND a.attname = ${quoteLiteral(column)};`,
      ),
      `  ALTER TYPE ${type} RENAME TO ${quoteIdent(old)};`,
      `  CREATE TYPE ${type} AS ENUM (${values});`,
      ...columns.flatMap((used, at) => columnStatements(used, type, renames, at + 1)),
      `  DROP TYPE ${tableName(given.optionalText('enum_schema'), old)};`,
      'END',
      '$mig$',
    ].join('\n'),
  ]
}

function columnStatements(
  { table, column, isArray }: UsedIn,
  type: string,
  renames: readonly (readonly [string, string])[],
  at: number,
): readonly string[] {
  const alter = `ALTER TABLE ${table} ALTER COLUMN ${quoteIdent(column)}`
  const text = `${quoteIdent(column)}::text`
  const cases = renames.map(([from, to]) => ` WHEN ${from} THEN ${to}`).join('')
  const value = renames.length === 0 ? text : `(CASE ${text}${cases} ELSE ${text} END)`
  const fallback = renames.reduce(
    (sql, [from, to]) => `replace(${sql}, ${quoteLiteral(from)}, ${quoteLiteral(to)})`,
    `default_${at}`,
  )
  return [
    `  ${alter} DROP DEFAULT;`,
    isArray
      ? `  ${alter} TYPE ${type}[] USING ${text}[]::${type}[];`
      : `  ${alter} TYPE ${type} USING ${value}::${type};`,
    `  IF default_${at} IS NOT NULL THEN EXECUTE ${quoteLiteral(`${alter} SET DEFAULT `)} || ${fallback}; END IF;`,
  ]
}

/** `TableReference(table_schema=…, table_name=…, column_name=…, column_type=ColumnType.ARRAY)` */
function usedIn(value: Parameters<typeof textOf>[0]): UsedIn {
  if (value.kind !== 'call' || !/^alembic_postgresql_enum\.(\w+\.)*TableReference$/.test(value.path))
    throw unknownValue(value)
  const given = argumentsOf(
    value,
    ['table_schema', 'table_name', 'column_name', 'column_type'],
    ['existing_server_default'],
  )
  const type = given.given('column_type')
  const isArray = type?.kind === 'path' && type.path.endsWith('.ARRAY')
  return {
    table: tableName(given.optionalText('table_schema'), given.text('table_name')),
    column: given.text('column_name'),
    isArray,
  }
}

function unknown(call: Parameters<Operation>[0]): never {
  throw unknownValue(call)
}
