import type { Action, ObjectId } from '../../difference/index.ts'
import { helperName, notNullHelper } from '../../operations/index.ts'
import { quoteIdentAlways as quoted } from '../../postgres/sql/quote.ts'

export interface RelationName {
  readonly schema: string
  readonly name: string
}

/** What takes the place of an action: statements that may run at once, and what has to wait for a drop before it. */
export interface Form {
  /** Reads rows under a lock that lets writers go on, each in a transaction of its own. */
  readonly build: readonly Action[]
  /** Short, for one transaction together with the drop of what is replaced. */
  readonly finish: readonly Action[]
  /** Reads rows as `build` does, once `finish` has committed. */
  readonly check: readonly Action[]
}

/**
 * CREATE INDEX as CONCURRENTLY (manual, CREATE INDEX, "Building Indexes Concurrently"), under a helper's name where its
 * own is still taken. Undefined for another statement.
 */
export function indexForm(action: Action, name: string, isTaken: boolean): Form | undefined {
  const [id] = action.produces
  if (id?.kind !== 'index') return undefined
  const head = /^CREATE (UNIQUE )?INDEX (?!CONCURRENTLY\b)(?:"(?:[^"]|"")+"|\S+) ON /.exec(action.sql)
  if (head === null) return undefined
  const built = isTaken ? helperName('index', id.schema, name) : name
  const start = `CREATE ${head[1] ?? ''}INDEX CONCURRENTLY ${quoted(built)} ON `
  const sql = `${start}${action.sql.slice(head[0].length)}`
  const rename = `ALTER INDEX ${quoted(id.schema)}.${quoted(built)} RENAME TO ${quoted(name)}`
  if (!isTaken) return { build: [alone(action, sql)], finish: [], check: [] }
  return {
    build: [alone({ ...action, produces: [] }, sql)],
    finish: [{ ...action, sql: rename, verb: 'alter', lock: 'shareUpdateExclusive' }],
    check: [],
  }
}

/** DROP INDEX as CONCURRENTLY, in a transaction of its own. */
export function dropIndexForm(action: Action): Action {
  return alone(action, action.sql.replace(/^DROP INDEX (?!CONCURRENTLY\b)/, 'DROP INDEX CONCURRENTLY '))
}

/** The action as one in a transaction of its own, under a lock that lets writers go on. */
function alone(action: Action, sql: string): Action {
  return { ...action, sql, transaction: 'own', lock: 'shareUpdateExclusive', rewrites: false }
}

const keyPattern =
  /^(UNIQUE|PRIMARY KEY)( NULLS NOT DISTINCT)? (\((?:"[^"]*"|[^")])*\))( INCLUDE \((?:"[^"]*"|[^")])*\))?((?: NOT)? DEFERRABLE.*)?$/s

/**
 * ADD CONSTRAINT without a look at rows under its lock: foreign keys and checks NOT VALID, to be validated by themselves
 * (manual, ALTER TABLE, "Notes"), keys from an index that is built concurrently. Undefined for what has no such form, as
 * an exclusion constraint.
 */
export function constraintForm(action: Action, table: RelationName, isTaken: boolean): Form | undefined {
  const [id] = action.produces
  if (id?.kind !== 'constraint') return undefined
  const unlooked = withoutLook(action)
  if (unlooked !== undefined) return { build: [], ...unlooked }
  const head = `${targetOf(table)} ADD CONSTRAINT ${quoted(id.name)} `
  if (!action.sql.startsWith(head)) return undefined
  const definition = action.sql.slice(head.length)
  const key = keyPattern.exec(definition)
  if (key === null || / WITHOUT OVERLAPS\)$/.test(key[3] ?? '')) return undefined
  const [, kind = '', nulls = '', columns = '', include = '', timing = ''] = key
  // ADD CONSTRAINT … USING INDEX gives the index the constraint's name.
  const index = quoted(isTaken ? helperName('index', table.schema, id.name) : id.name)
  const place = `${quoted(table.schema)}.${quoted(table.name)}`
  const build = `CREATE UNIQUE INDEX CONCURRENTLY ${index} ON ${place} ${columns}${include}${nulls}`
  return {
    build: [alone({ ...action, produces: [], consumes: [{ kind: 'table', ...table }] }, build)],
    finish: [{ ...action, sql: `${head}${kind} USING INDEX ${index}${timing}`, rewrites: false }],
    check: [],
  }
}

/** A foreign key or a check that looks at the rows of its table by itself, later; undefined for another statement. */
export function withoutLook(action: Action): Pick<Form, 'finish' | 'check'> | undefined {
  const [id] = action.produces
  if (id?.kind !== 'constraint' || !('table' in id)) return undefined
  const target = targetOf({ schema: id.schema, name: id.table })
  const head = `${target} ADD CONSTRAINT ${quoted(id.name)} `
  const isLooking = /^(FOREIGN KEY|CHECK) .*(?<! NOT VALID)(?<! NOT ENFORCED)$/s
  if (!action.sql.startsWith(head) || !isLooking.test(action.sql.slice(head.length))) return undefined
  return {
    finish: [{ ...action, sql: `${action.sql} NOT VALID` }],
    check: [alone(follows(action), `${target} VALIDATE CONSTRAINT ${quoted(id.name)}`)],
  }
}

/**
 * SET NOT NULL where a validated CHECK shows that no NULL can be there, so that it need not look. Undefined for another
 * statement.
 * @param fill the UPDATE that gives rows a value: it runs again under the check, for rows that came in between
 */
export function notNullForm(
  action: Action,
  table: RelationName,
  column: string,
  fill: Action | undefined,
): readonly Action[] | undefined {
  const target = targetOf(table)
  if (!isStatement(action.sql, `${target} ALTER COLUMN ${quoted(column)} SET NOT NULL`)) return undefined
  const check = quoted(notNullHelper(table.schema, table.name, column))
  const step = follows(action)
  return [
    {
      ...action,
      sql: `${target} ADD CONSTRAINT ${check} CHECK (${quoted(column)} IS NOT NULL) NOT VALID`,
      rewrites: false,
    },
    ...(fill === undefined ? [] : [fillForm(fill)]),
    alone(step, `${target} VALIDATE CONSTRAINT ${check}`),
    { ...step, rewrites: false },
    // On its own: in one ALTER TABLE the check would go before SET NOT NULL could rely on it.
    { ...step, sql: `${target} DROP CONSTRAINT ${check}`, rewrites: false },
  ]
}

/** The UPDATE that gives rows a value, in a transaction of its own: it locks no row longer than it takes. */
export function fillForm(action: Action): Action {
  return { ...action, transaction: 'own', lock: 'none' }
}

/** Whether two statements are the same but for quotes that a name does not need. */
function isStatement(sql: string, other: string): boolean {
  const bare = (text: string) => text.replaceAll('"', '')
  return bare(sql) === bare(other)
}

function targetOf({ schema, name }: RelationName): string {
  return `ALTER TABLE ${quoted(schema)}.${quoted(name)}`
}

/** A further statement about what an action has made already. */
function follows(action: Action): Action {
  const about: readonly ObjectId[] = [...action.produces, ...action.consumes]
  return { ...action, verb: 'alter', produces: [], consumes: about }
}
