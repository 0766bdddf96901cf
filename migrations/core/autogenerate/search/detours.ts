import {
  type Action,
  type Catalog,
  columnChange,
  idKey,
  type ObjectId,
  objectName,
} from '../../difference/index.ts'
import { definitionFacts } from '../../postgres/statement/index.ts'

/**
 * The actions without what is made and dropped again in the same run of CREATE and DROP of views and functions, as where
 * a later round of the search finds that they stand in the way. Nothing else is in between, and PostgreSQL lets no object
 * go while another needs it, so only the last of each counts. Also without what is said of NULL in a column that goes,
 * and without a sequence that goes with its column and is made again.
 */
export function withoutDetours(
  actions: readonly Action[],
  { facts }: Pick<Catalog, 'facts'>,
): readonly Action[] {
  const removed = new Set([...demandsOfGone(actions), ...sequencesOfGone(actions)])
  const replaced = new Map<Action, Action>()
  const exists = new Map<string, boolean>()
  let made = new Map<string, Making>()
  let last: string | undefined
  for (const action of actions) {
    const step = definition(action)
    const before = last
    last = step?.key
    if (step === undefined) {
      made = new Map()
      continue
    }
    const making = made.get(step.key)
    if (step.id !== undefined && making !== undefined && before === step.key) {
      // The same object again at once: only what it becomes counts.
      removed.add(making.action)
      const whole = making.replaces ? action : asFirst(making.action, action)
      replaced.set(action, whole)
      made.set(step.key, { ...making, action })
      continue
    }
    if (step.id !== undefined) {
      const replaces = action.verb === 'alter' || (exists.get(step.key) ?? facts.has(step.id))
      made.set(step.key, { action, replaces })
    } else if (making !== undefined) {
      removed.add(making.action)
      // Without it, the object is there for the drop only where it was before.
      if (!making.replaces) removed.add(action)
      made.delete(step.key)
    }
    exists.set(step.key, step.id !== undefined)
  }
  if (removed.size === 0) return actions
  return actions.filter((action) => !removed.has(action)).map((action) => replaced.get(action) ?? action)
}

/** The making of an object that is replaced at once, as what it is replaced by. */
function asFirst(first: Action, { sql }: Action): Action {
  return { ...first, sql: sql.replace('CREATE OR REPLACE VIEW ', 'CREATE VIEW ') }
}

/** SET and DROP NOT NULL of columns that are dropped later. */
function demandsOfGone(actions: readonly Action[]): readonly Action[] {
  const gone = new Map<string, number>()
  for (const [at, { destroys }] of actions.entries())
    for (const id of destroys) if (id.kind === 'column') gone.set(idKey(id), at)
  if (gone.size === 0) return []
  return actions.filter((action, at) => {
    const { column, change } = columnChange(action) ?? {}
    const isAboutNull = change?.kind === 'set not null' || change?.kind === 'drop not null'
    return isAboutNull && column !== undefined && (gone.get(idKey(column)) ?? -1) > at
  })
}

/** The making of sequences that DROP COLUMN drops, since they were given to the column; a later statement makes them again. */
function sequencesOfGone(actions: readonly Action[]): readonly Action[] {
  return actions.flatMap((made, at) => {
    const [id] = made.produces
    if (id?.kind !== 'sequence' || made.verb !== 'create') return []
    const again = actions.findIndex(({ sql }, later) => later > at && sql === made.sql)
    if (again === -1) return []
    const name = plain(objectName(id))
    const between = actions.slice(at + 1, again)
    const [given, ...others] = between.filter(({ sql }) => plain(sql).includes(name))
    if (given === undefined || others.length > 0) return []
    const owner = plain(given.sql).split(' OWNED BY ').at(-1)
    const goes = between.slice(between.indexOf(given) + 1).some(({ destroys: [gone] }) => {
      return gone?.kind === 'column' && owner === plain(`${gone.schema}.${gone.table}.${gone.name}`)
    })
    return goes ? [made, given] : []
  })
}

interface Making {
  readonly action: Action
  /** The object was there before. */
  readonly replaces: boolean
}

interface Definition {
  readonly key: string
  /** What is made; undefined for a drop. */
  readonly id: ObjectId | undefined
}

const words: Readonly<Record<string, string>> = { view: 'VIEW', function: 'FUNCTION' }

function definition(action: Action): Definition | undefined {
  if (action.transaction !== 'plain' || action.needsCommitBefore) return undefined
  const { act, kind, name } = definitionFacts(action.sql) ?? {}
  if (kind === undefined || name === undefined) return undefined
  if (act === 'drop') return { key: plain(`${words[kind] ?? ''} ${name}`), id: undefined }
  const id = [...action.produces, ...action.consumes].find(({ kind }) => words[kind] !== undefined)
  return id === undefined ? undefined : { key: keyOf(id), id }
}

function keyOf(id: ObjectId): string {
  return plain(`${words[id.kind] ?? ''} ${objectName(id)}`)
}

function plain(name: string): string {
  return name.replaceAll('"', '').replaceAll(', ', ',')
}
