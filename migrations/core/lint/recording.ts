import type { ClientBase, QueryResult } from 'pg'
import type { EmitEvent } from '../events.ts'
import type { Session } from '../runner/index.ts'
import {
  type Baseline,
  type LockObservation,
  observe,
  type RelationState,
  readBaseline,
} from './observation.ts'

/** One statement as a revision ran it, and what it did to the tables that it met. */
export interface RecordedStatement {
  readonly line: string
  readonly revision: string
  readonly sql: string
  /** Statements with the same key ran in one transaction, which keeps its locks to the end. */
  readonly transaction: string
  /** Locks on tables that it took, made stronger, or worked under; by what is left of them right after it. */
  readonly locks: readonly RelationState[]
  /** Oids of the tables that it rewrote. */
  readonly rewritten: ReadonlySet<string>
  /** Oids of the tables that it read from end to end. */
  readonly scanned: ReadonlySet<string>
  /** Every table that its transaction holds a lock on. */
  readonly held: readonly RelationState[]
}

/** A session of the runner that keeps what its statements do. */
export interface RecordingSession {
  readonly session: Session
  readonly statements: readonly RecordedStatement[]
  /** To be called before each run: looks at the tables as they are. */
  prepare(): Promise<void>
}

/**
 * A session whose connection looks, after each query, at what the transaction holds (`pg_locks` of its own
 * backend), and whose statements are kept. The runner does not notice.
 */
export function recordingSession(session: Session, ledgerSchema: string): RecordingSession {
  const statements: RecordedStatement[] = []
  let before: LockObservation = { transaction: '', open: false, relations: new Map() }
  let tables: Baseline = new Map()
  let last: { readonly sql: string; readonly after: LockObservation; readonly now?: Baseline } | undefined
  let line = ''
  let inStep = false

  async function query(sql: unknown, values?: unknown[]): Promise<QueryResult> {
    const text = String(sql)
    const sent = values === undefined ? session.client.query(text) : session.client.query(text, values)
    const result = await sent.catch((error: unknown) => {
      // Nothing more can be asked of a transaction that has failed, and the error to be told is this one.
      inStep = false
      if (before.open) forget(before.transaction)
      throw error
    })
    if (inStep) {
      const after = await observe(session.client, ledgerSchema)
      last = { sql: text, after, ...(after.open ? {} : { now: await readBaseline(session.client) }) }
    }
    return result
  }

  /** What a transaction ran that is rolled back has not happened. */
  function forget(transaction: string): void {
    for (let at = statements.length - 1; at >= 0; at -= 1)
      if (statements[at]?.transaction === transaction) statements.splice(at, 1)
  }

  const emit: EmitEvent = (event) => {
    if (event.event === 'step-start') {
      line = event.line
      inStep = true
    } else if (event.event === 'step-done') inStep = false
    else if (event.event === 'statement' && last?.sql === event.sql) {
      const { after, now } = last
      const done = now === undefined ? effects(before, tables, after) : effectsAlone(tables, now)
      statements.push({
        line,
        revision: event.revision,
        sql: event.sql,
        transaction: after.transaction,
        ...done,
      })
      before = after
      tables = new Map([...tables, ...after.relations, ...(now ?? [])])
    } else if (event.event === 'progress') {
      // A backfill tells of itself when its pass is done. Its batches are small, whatever the planner does here.
      for (const [at, each] of statements.entries()) {
        if (each.revision === event.revision && isBatchOf(each.sql, event.what))
          statements[at] = { ...each, scanned: new Set() }
      }
    }
  }
  const client = new Proxy(session.client, {
    get(target, name) {
      if (name === 'query') return query
      const value: unknown = Reflect.get(target, name, target)
      // The driver keeps its state in the object itself.
      return typeof value === 'function' ? value.bind(target) : value
    },
  }) satisfies ClientBase
  return {
    session: { ...session, client, emit, oneByOne: true },
    statements,
    async prepare() {
      tables = await readBaseline(session.client)
    },
  }
}

/** Is a statement one of the updates of the backfill that says this of itself? */
function isBatchOf(sql: string, what: string): boolean {
  const table = /^UPDATE (.*?) SET /.exec(sql)?.[1]
  return table !== undefined && what.startsWith(`backfill ${table}, `)
}

type Effects = Pick<RecordedStatement, 'held' | 'locks' | 'rewritten' | 'scanned'>

function effects(before: LockObservation, tables: Baseline, after: LockObservation): Effects {
  const held = [...after.relations.values()]
  const same = before.transaction === after.transaction
  const rewritten = oidsWhere(held, ({ oid, file }) => (tables.get(oid)?.file ?? file) !== file)
  const scanned = oidsWhere(held, ({ oid, scans }) => {
    const was = tables.get(oid)?.scans ?? 0
    return scans > (scans < was ? 0 : was)
  })
  const isNew = ({ oid, strength }: RelationState) =>
    !same || strength > (before.relations.get(oid)?.strength ?? -1)
  return {
    held,
    locks: held.filter((each) => isNew(each) || rewritten.has(each.oid) || scanned.has(each.oid)),
    rewritten,
    scanned,
  }
}

/** Of a statement that ran in no transaction: what it rewrote; its locks are gone. */
function effectsAlone(tables: Baseline, now: Baseline): Effects {
  const rewritten = [...now].filter(([oid, { file }]) => (tables.get(oid)?.file ?? file) !== file)
  return { held: [], locks: [], rewritten: new Set(rewritten.map(([oid]) => oid)), scanned: new Set() }
}

function oidsWhere(relations: readonly RelationState[], test: (relation: RelationState) => boolean) {
  return new Set(relations.filter(test).map(({ oid }) => oid))
}
