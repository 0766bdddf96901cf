import { type Action, type ObjectId, requiredColumn } from '../../difference/index.ts'
import { helperName, notNullHelper } from '../../operations/index.ts'
import { quoteIdentAlways as quoted } from '../../postgres/sql/quote.ts'
import { indexFacts, tableChange } from '../../postgres/statement/index.ts'

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
  const index = indexFacts(action.sql)
  if (index === undefined || index.isConcurrent) return undefined
  const built = isTaken ? helperName('index', id.schema, name) : name
  const sql = `CREATE ${index.isUnique ? 'UNIQUE ' : ''}INDEX CONCURRENTLY ${quoted(built)} ${index.onTable}`
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
  const [id] = action.destroys
  if (id?.kind !== 'index') return action
  return alone(action, `DROP INDEX CONCURRENTLY ${quoted(id.schema)}.${quoted(id.name)}`)
}

/** The action as one in a transaction of its own, under a lock that lets writers go on. */
function alone(action: Action, sql: string): Action {
  return { ...action, sql, transaction: 'own', lock: 'shareUpdateExclusive', rewrites: false }
}

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
  const key = addedConstraint(action)
  if (key === undefined || !key.isPlainKey) return undefined
  const include = key.including === undefined ? '' : ` INCLUDE (${key.including})`
  const nulls = key.nullsNotDistinct ? ' NULLS NOT DISTINCT' : ''
  const timing = key.timing === '' ? '' : ` ${key.timing}`
  // ADD CONSTRAINT … USING INDEX gives the index the constraint's name.
  const index = quoted(isTaken ? helperName('index', table.schema, id.name) : id.name)
  const place = `${quoted(table.schema)}.${quoted(table.name)}`
  const build = `CREATE UNIQUE INDEX CONCURRENTLY ${index} ON ${place} ${key.columnsSql}${include}${nulls}`
  const add = `${targetOf(table)} ADD CONSTRAINT ${quoted(id.name)} ${key.kind.toUpperCase()} USING INDEX`
  return {
    build: [alone({ ...action, produces: [], consumes: [{ kind: 'table', ...table }] }, build)],
    finish: [{ ...action, sql: `${add} ${index}${timing}`, rewrites: false }],
    check: [],
  }
}

/** A foreign key or a check that looks at the rows of its table by itself, later; undefined for another statement. */
export function withoutLook(action: Action): Pick<Form, 'finish' | 'check'> | undefined {
  const [id] = action.produces
  if (id?.kind !== 'constraint' || !('table' in id)) return undefined
  const target = targetOf({ schema: id.schema, name: id.table })
  const { kind, looksAtRows } = addedConstraint(action) ?? {}
  if ((kind !== 'foreign key' && kind !== 'check') || looksAtRows !== true) return undefined
  return {
    finish: [{ ...action, sql: `${action.sql} NOT VALID` }],
    check: [alone(follows(action), `${target} VALIDATE CONSTRAINT ${quoted(id.name)}`)],
  }
}

function addedConstraint({ sql }: Action) {
  const change = tableChange(sql)
  return change?.kind === 'add constraint' ? change.constraint : undefined
}

/** VALIDATE CONSTRAINT in a transaction of its own. Undefined for another statement. */
export function validateForm(action: Action): Action | undefined {
  return tableChange(action.sql)?.kind === 'validate constraint' ? alone(action, action.sql) : undefined
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
  if (requiredColumn(action) === undefined) return undefined
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

function targetOf({ schema, name }: RelationName): string {
  return `ALTER TABLE ${quoted(schema)}.${quoted(name)}`
}

/** A further statement about what an action has made already. */
function follows(action: Action): Action {
  const about: readonly ObjectId[] = [...action.produces, ...action.consumes]
  return { ...action, verb: 'alter', produces: [], consumes: about }
}
