const entityKind = Symbol.for('drizzle:entityKind')
const enumMark = Symbol.for('drizzle:isPgEnum')
const nameMark = Symbol.for('drizzle:Name')
const schemaMark = Symbol.for('drizzle:Schema')
const viewMark = Symbol.for('drizzle:ViewBaseConfig')
const columnsMark = Symbol.for('drizzle:Columns')

/** What a database has of Drizzle's: no relation, no column, no connection. */
const kinds = new Set([
  'PgTable',
  'PgView',
  'PgMaterializedView',
  'PgSequence',
  'PgSchema',
  'PgPolicy',
  'PgRole',
])

/** Whether a value is a Drizzle table, view, enum, sequence, schema, policy or role of PostgreSQL. */
export function isDrizzle(value: unknown): boolean {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false
  return kindsOf(value).some((kind) => kinds.has(kind)) || (!isView(value) && enumMark in value)
}

/** Whether a value is SQL by Drizzle's `sql`. */
export function isDrizzleSql(value: unknown): boolean {
  return typeof value === 'object' && value !== null && kindsOf(value).includes('SQL')
}

/** The tables of another database that a value is, as `MySqlTable`; undefined for any other value. */
export function foreignKind(value: unknown): string | undefined {
  if (value === null || typeof value !== 'object') return undefined
  return kindsOf(value).find((kind) => /^(MySql|SQLite|SingleStore|MsSql|Cockroach)Table$/.test(kind))
}

/** The names of a value's class and of those that it extends. */
function kindsOf(value: object): readonly string[] {
  const names: string[] = []
  // A view is a proxy that takes every property for a column; its prototype is what it is.
  for (let kind: unknown = Object.getPrototypeOf(value)?.constructor; typeof kind === 'function'; ) {
    if (!Object.hasOwn(kind, entityKind)) break
    names.push(String((kind as unknown as Readonly<Record<symbol, unknown>>)[entityKind]))
    kind = Object.getPrototypeOf(kind)
  }
  return names
}

function isView(value: object): boolean {
  return kindsOf(value).some((kind) => kind === 'PgView' || kind === 'PgMaterializedView')
}

interface Column {
  readonly name: string
  readonly notNull: boolean
  default: unknown
  getSQLType(): string
}

/** The columns of a table; undefined for what is not a table. */
export function columnsOf(value: unknown): readonly Column[] | undefined {
  if (typeof value !== 'object' || value === null || !kindsOf(value).includes('PgTable')) return undefined
  const columns = (value as Readonly<Record<symbol, Readonly<Record<string, Column>>>>)[columnsMark]
  return Object.values(columns ?? {})
}

/** The columns of a table, by which two definitions of it are told apart; undefined for what is not a table. */
export function tableShape(value: unknown): string | undefined {
  return columnsOf(value)
    ?.map((column) => [column.name, column.getSQLType(), column.notNull].join(' '))
    .join(', ')
}

/** The name of an object in SQL, as drizzle-kit writes it, without the schema `public`. */
export function sqlName(value: unknown): string | undefined {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return undefined
  const own = value as Readonly<Record<string | symbol, unknown>>
  const view = isView(value) ? (own[viewMark] as Readonly<Record<string, unknown>>) : undefined
  const name = view?.name ?? own[nameMark] ?? own.enumName ?? own.seqName
  const schema = view?.schema ?? own[schemaMark] ?? own.schema
  if (typeof name !== 'string') return undefined
  return typeof schema === 'string' && schema !== 'public' ? `"${schema}"."${name}"` : `"${name}"`
}
