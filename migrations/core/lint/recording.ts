import type { ClientBase, QueryResult } from 'pg'
import type { EmitEvent } from '../events.ts'
import type { Session } from '../runner/index.ts'
import { type Baseline, type Observation, observe, type RelationState, readBaseline } from './observation.ts'

/** One statement as a revision ran it, and what it did to the tables that it met. */
export interface RecordedStatement {
  readonly line: string
  readonly revision: string
  readonly sql: string
  /** Statements with the same key ran in one transaction, which keeps its locks to the end. */
  readonly transaction: string
  /** Locks on tables that it took, or made stronger; by what is left of them right after it. */
  readonly locks: readonly RelationState[]
  /** Oids of the tables that it wrote anew. */
  readonly rewritten: ReadonlySet<string>
  /** Oids of the tables that it read from end to end. */
  readonly scanned: ReadonlySet<string>
  /** Every table that its transaction holds a lock on. */
  readonly held: readonly RelationState[]
}

/** A session of the runner that keeps what its statements do. */
export interface Recording {
  readonly session: Session
  readonly statements: readonly RecordedStatement[]
  /** To be called before each run: looks at the tables as they are. */
  prepare(): Promise<void>
}

/**
 * A session whose connection looks, after each query, at what the transaction holds (`pg_locks` of its own
 * backend), and whose statements are kept. The runner does not notice.
 */
export function recordingSession(session: Session, ledgerSchema: string): Recording {
  const statements: RecordedStatement[] = []
  let before: Observation = { transaction: '', relations: new Map() }
  let tables: Baseline = new Map()
  let last: { readonly sql: string; readonly after: Observation } | undefined
  let line = ''
  let inStep = false

  async function query(sql: unknown, values?: unknown[]): Promise<QueryResult> {
    const text = String(sql)
    const result = await (values === undefined
      ? session.client.query(text)
      : session.client.query(text, values))
    if (inStep) last = { sql: text, after: await observe(session.client, ledgerSchema) }
    return result
  }

  const emit: EmitEvent = (event) => {
    if (event.event === 'step-start') {
      line = event.line
      inStep = true
    } else if (event.event === 'step-done') inStep = false
    else if (event.event === 'statement' && last?.sql === event.sql) {
      const { after } = last
      statements.push({ line, revision: event.revision, sql: event.sql, ...effects(before, tables, after) })
      before = after
      tables = new Map([...tables, ...after.relations])
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
    session: { ...session, client, emit },
    statements,
    async prepare() {
      tables = await readBaseline(session.client)
    },
  }
}

function effects(
  before: Observation,
  tables: Baseline,
  after: Observation,
): Omit<RecordedStatement, 'line' | 'revision' | 'sql'> {
  const held = [...after.relations.values()]
  const same = before.transaction === after.transaction
  return {
    transaction: after.transaction,
    held,
    locks: held.filter(
      ({ oid, strength }) => !same || strength > (before.relations.get(oid)?.strength ?? -1),
    ),
    rewritten: oidsWhere(held, ({ oid, file }) => (tables.get(oid)?.file ?? file) !== file),
    scanned: oidsWhere(held, ({ oid, scans }) => {
      const was = tables.get(oid)?.scans ?? 0
      return scans > (scans < was ? 0 : was)
    }),
  }
}

function oidsWhere(relations: readonly RelationState[], test: (relation: RelationState) => boolean) {
  return new Set(relations.filter(test).map(({ oid }) => oid))
}
