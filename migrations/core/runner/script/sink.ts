import type { QueryResult } from 'pg'
import { MigError } from '../../errors.ts'
import { dollarQuoted } from '../../operations/clauses/routines.ts'
import type { Statement, StatementSink } from '../../operations/index.ts'
import { quoteLiteral, splitStatements } from '../../postgres/index.ts'
import { backfillScript } from '../backfill/script.ts'
import { checkKeyStays, fullBackfillSpec } from '../backfill/spec.ts'
import { backfillTable } from '../backfill/sql.ts'
import type { PlanStep } from '../plan/plan.ts'
import type { RevisionBody } from '../run/revision-body.ts'
import { onlySets, setsSession, touchesRole } from '../session/settings.ts'
import { enteringStatements, leavingStatements, roleChanged } from '../statement/own-sql.ts'
import { statementKind } from '../statement/statement-kind.ts'
import { noSection } from '../statement/step-error.ts'

type Timeouts = Pick<RevisionBody, 'lockTimeout' | 'statementTimeout'>

/** The timeouts that a revision sets for itself; psql's session has those of everybody. */
export function timeoutStatements(
  { lockTimeout, statementTimeout }: Timeouts,
  until: 'LOCAL ' | '',
): readonly string[] {
  const timeouts = Object.entries({ lock_timeout: lockTimeout, statement_timeout: statementTimeout })
  return timeouts.flatMap(([name, value]) => (value === undefined ? [] : [`SET ${until}${name} = ${value}`]))
}

const noResult: QueryResult = { command: '', rowCount: null, oid: 0, fields: [], rows: [] }

/** A setting by SELECT set_config() as a block: psql would show its value. */
function withoutResult(sql: string): string {
  const [, expressions] = /^\s*SELECT\s([^;]*)$/i.exec(sql) ?? []
  if (expressions === undefined || !onlySets(sql)) return sql
  return `DO ${dollarQuoted(`BEGIN PERFORM ${expressions}; END`)}`
}

/** The named indexes that a text builds concurrently, as they are written. */
function indexesBuilt(sql: string): readonly string[] {
  return splitStatements(sql).flatMap(({ text }) => {
    const found = statementKind(text)
    return found.kind === 'create-index' && found.index !== null ? [inSchemaOf(found.table, found.index)] : []
  })
}

/** An index is in the schema of its table, with which it is not named. */
function inSchemaOf(table: string, index: string): string {
  const schema = /^((?:"[^"]*"|[^".])+)\./.exec(table)?.[1]
  return schema === undefined ? index : `${schema}.${index}`
}

/** A block that fails where an index is missing or INVALID, as a build that has failed leaves it; under the revision's search_path. */
function guardOfIndex(index: string): string {
  const isThere = `SELECT FROM pg_catalog.pg_index WHERE indexrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(${quoteLiteral(index)})::pg_catalog.oid AND indisvalid`
  const message = quoteLiteral(`just-mig: index ${index} was not built`)
  const body = `BEGIN
  IF NOT EXISTS (${isThere}) THEN
    RAISE EXCEPTION USING message = ${message};
  END IF;
END`
  return `DO ${dollarQuoted(`\n${body}\n`, 'mig')}`
}

export interface ScriptSettings {
  /** Whether one transaction holds the whole script, which then can have no sections. */
  readonly together: boolean
  readonly timeouts: Timeouts
  /** The role that env.ts gives the revision. */
  readonly role: string | undefined
  /** A statement that fails unless the ledger is where the step begins. */
  readonly guard: string
}

/**
 * What a revision writes into its script.
 * @throws MigError `role-changed` for a statement that leaves the role of env.ts
 */
export function scriptSink(
  write: (sql: string) => void,
  step: PlanStep,
  { together, timeouts, role, guard }: ScriptSettings,
) {
  let inSection = false
  let built: string[] = []
  let setSession = false
  async function autocommit<Result>(body: () => Promise<Result>): Promise<Result> {
    if (inSection) return body()
    if (together) throw noSection(step)
    inSection = true
    write('COMMIT')
    for (const sql of enteringStatements(step, role, 'session')) write(sql)
    const settings = timeoutStatements(timeouts, '')
    for (const sql of settings) write(sql)
    const result = await body()
    for (const sql of leavingStatements({ role, login: 'none' }, false)) write(sql)
    for (const sql of settings) write(sql.replace(/^SET (\w+) .*$/, 'RESET $1'))
    write('BEGIN')
    // A program that does not stop at an error comes here whatever has failed.
    write(guard)
    for (const sql of enteringStatements(step, role, 'transaction')) write(sql)
    for (const sql of timeoutStatements(timeouts, 'LOCAL ')) write(sql)
    for (const index of built) write(guardOfIndex(index))
    built = []
    inSection = false
    return result
  }
  const sink: StatementSink = {
    offline: true,
    execute: ({ sql }: Statement) => {
      if (role !== undefined && touchesRole(sql)) throw roleChanged(step, role, sql)
      setSession ||= setsSession(sql)
      write(withoutResult(sql))
      if (inSection) built.push(...indexesBuilt(sql))
      return Promise.resolve(noResult)
    },
    autocommit,
    backfill: (spec) =>
      autocommit(() => {
        const { table, set, where, key, batchSize, pause } = fullBackfillSpec(spec)
        const tableSql = backfillTable(step.targetSchema, table)
        if (key !== undefined) checkKeyStays(set, key)
        write(backfillScript({ tableSql, set, where }, key, { batchSize, pause }))
        return Promise.resolve({ rows: 0, batches: 0 })
      }),
    get client(): never {
      throw new MigError('offline', 'op.client is not available while a script is written', {
        help: 'guard it with if (!op.isOffline), or run online',
      })
    },
  }
  return {
    sink,
    /** Whether the revision has begun a section and not awaited its end. */
    isUnfinished: () => inSection,
    /** Whether it has set a role or something else for the rest of psql's session. */
    hasSetSession: () => setSession,
  }
}
