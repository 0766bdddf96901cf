import { notNullHelper } from '../operations/index.ts'
import { quoteIdentAlways as quoted } from '../postgres/quote.ts'
import { type Action, type Catalog, hasPlainTable, idKey, type ObjectId, relationOf } from './engine/index.ts'

interface TableName {
  readonly schema: string
  readonly name: string
}

/**
 * The non-blocking form of actions, for tables that the catalog has and that the actions do not make anew: what reads
 * a whole table does so in a transaction of its own, under a lock that lets writers go on (manual, CREATE INDEX,
 * "Building Indexes Concurrently"; ALTER TABLE, "Notes"). Partitioned tables stay as they are, since PostgreSQL takes
 * neither for all kinds there.
 */
export function onlineActions(actions: readonly Action[], from: Catalog): readonly Action[] {
  const made = new Set(actions.flatMap(({ produces }) => produces.map(idKey)))
  const inUse = (table: TableName | undefined): table is TableName =>
    table !== undefined && hasPlainTable(from, table) && !made.has(idKey({ kind: 'table', ...table }))
  return actions.flatMap((action) => {
    if (action.transaction !== 'plain') return [action]
    const [id] = [...action.produces, ...action.destroys]
    const table = tableOf(action)
    if (!inUse(table)) return [action]
    if (id?.kind === 'index') return [concurrently(action)]
    if (id?.kind === 'constraint' && action.produces.length > 0) return constraint(action, table, id.name)
    const column = action.consumes.find((each) => each.kind === 'column')
    return column?.kind === 'column' ? setNotNull(action, table, column.name) : [action]
  })
}

function tableOf({ produces, destroys, consumes, needs }: Action): TableName | undefined {
  for (const id of [...produces, ...destroys, ...consumes, ...needs]) {
    const table = relationOf(id)
    if (table !== undefined) return { schema: table.schema, name: table.name }
  }
  return undefined
}

/** CREATE or DROP INDEX; another statement about an index stays as it is. */
function concurrently(action: Action): Action {
  const sql = action.sql.replace(
    /^(CREATE (?:UNIQUE )?INDEX|DROP INDEX) (?!CONCURRENTLY\b)/,
    '$1 CONCURRENTLY ',
  )
  return sql === action.sql ? action : alone(action, sql)
}

/** The action as one in a transaction of its own, under a lock that lets writers go on. */
function alone(action: Action, sql: string): Action {
  return { ...action, sql, transaction: 'own', lock: 'shareUpdateExclusive', rewrites: false }
}

const keyPattern =
  /^(UNIQUE|PRIMARY KEY)( NULLS NOT DISTINCT)? (\((?:"(?:[^"]|"")+"|[^")])*\))( INCLUDE \((?:"(?:[^"]|"")+"|[^")])*\))?((?: NOT)? DEFERRABLE.*)?$/s

function constraint(action: Action, { schema, name: table }: TableName, name: string): readonly Action[] {
  const target = `ALTER TABLE ${quoted(schema)}.${quoted(table)}`
  const head = `${target} ADD CONSTRAINT ${quoted(name)} `
  if (!action.sql.startsWith(head)) return [action]
  const definition = action.sql.slice(head.length)
  if (/^(FOREIGN KEY|CHECK) .*(?<! NOT VALID)(?<! NOT ENFORCED)$/s.test(definition)) {
    return [
      { ...action, sql: `${action.sql} NOT VALID` },
      alone(follows(action), `${target} VALIDATE CONSTRAINT ${quoted(name)}`),
    ]
  }
  const key = keyPattern.exec(definition)
  if (key === null || / WITHOUT OVERLAPS\)$/.test(key[3] ?? '')) return [action]
  const [, kind = '', nulls = '', columns = '', include = '', timing = ''] = key
  const index = `CREATE UNIQUE INDEX CONCURRENTLY ${quoted(name)} ON ${quoted(schema)}.${quoted(table)} ${columns}${include}${nulls}`
  return [
    alone({ ...action, produces: [], consumes: [tableId(schema, table)] }, index),
    { ...action, sql: `${head}${kind} USING INDEX ${quoted(name)}${timing}`, rewrites: false },
  ]
}

/** A validated CHECK shows that no NULL can be there, so that SET NOT NULL need not look. */
function setNotNull(action: Action, { schema, name: table }: TableName, column: string): readonly Action[] {
  const target = `ALTER TABLE ${quoted(schema)}.${quoted(table)}`
  const set = `${target} ALTER COLUMN ${quoted(column)} SET NOT NULL`
  if (action.sql !== set) return [action]
  const check = quoted(notNullHelper(schema, table, column))
  const step = follows(action)
  return [
    { ...action, sql: `${target} ADD CONSTRAINT ${check} CHECK (${quoted(column)} IS NOT NULL) NOT VALID` },
    alone(step, `${target} VALIDATE CONSTRAINT ${check}`),
    { ...step, sql: set },
    // On its own: in one ALTER TABLE the check would go before SET NOT NULL could rely on it.
    { ...step, sql: `${target} DROP CONSTRAINT ${check}` },
  ]
}

/** A further statement about what an action has made already. */
function follows(action: Action): Action {
  return { ...action, verb: 'alter', produces: [], consumes: [...action.produces, ...action.consumes] }
}

function tableId(schema: string, name: string): ObjectId {
  return { kind: 'table', schema, name }
}
