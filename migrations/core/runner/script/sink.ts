import type { QueryResult } from 'pg'
import { MigError } from '../../errors.ts'
import { dollarQuoted, type Statement, type StatementSink } from '../../operations/index.ts'
import { splitStatements } from '../../postgres/index.ts'
import { backfillScript } from '../backfill/script.ts'
import { checkKeyStays, fullBackfillSpec } from '../backfill/spec.ts'
import { backfillTable } from '../backfill/sql.ts'
import type { PlanStep } from '../plan/plan.ts'
import type { RevisionBody } from '../run/revision-body.ts'
import { onlySets, setsSession, touchesRole } from '../session/settings.ts'
import { enteringStatements, leavingStatements, roleChanged } from '../statement/own-sql.ts'
import { statementKind } from '../statement/statement-kind.ts'
import { noSection } from '../statement/step-error.ts'
import type { Parts } from './checks.ts'

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
  // It may end with a comment.
  return `DO ${dollarQuoted(`BEGIN PERFORM ${expressions}\n; END`)}`
}

/** An index is in the schema of its table, with which it is not named. */
function inSchemaOf(table: string, index: string): string {
  const schema = /^((?:"[^"]*"|[^".])+)\./.exec(table)?.[1]
  return schema === undefined ? index : `${schema}.${index}`
}

/**
 * Statements that run in a transaction too, by their first words. A block and a procedure may commit by themselves, and
 * extensions have more that needs to be outside of one.
 */
const inTransaction =
  /^(?:(?:alter|create|drop)\s+(?:or\s+replace\s+|unique\s+)?(?:domain|function|index|policy|schema|sequence|table|trigger|type|view)|analyze|comment|delete|grant|insert|merge|revoke|select|truncate|update|with)\b/i

export interface ScriptSettings {
  /** Whether one transaction holds the whole script, which then can have no sections. */
  readonly together: boolean
  readonly timeouts: Timeouts
  /** The role that env.ts gives the revision. */
  readonly role: string | undefined
  /** A statement that fails unless the ledger is where the step begins. */
  readonly guard: string
  readonly done: Parts
}

/**
 * What a revision writes into its script.
 * @throws MigError `role-changed` for a statement that leaves the role of env.ts
 */
export function scriptSink(
  write: (sql: string) => void,
  step: PlanStep,
  { together, timeouts, role, guard, done }: ScriptSettings,
) {
  let inSection = false
  let setSession = false
  const sections = { any: false, alone: false }
  async function autocommit<Result>(body: () => Promise<Result>): Promise<Result> {
    if (inSection) return body()
    if (together) throw noSection(step)
    inSection = true
    sections.any = true
    done.next()
    write(done.done())
    write('COMMIT')
    // A program that does not stop at an error comes here whatever has failed.
    write(done.stopUnlessDone())
    for (const sql of enteringStatements(step, role, 'session')) write(sql)
    const settings = timeoutStatements(timeouts, '')
    for (const sql of settings) write(sql)
    const result = await body()
    for (const sql of leavingStatements({ role, login: 'none' }, false)) write(sql)
    for (const sql of settings) write(sql.replace(/^SET (\w+) .*$/, 'RESET $1'))
    write('BEGIN')
    write(guard)
    write(done.expectDone())
    for (const sql of enteringStatements(step, role, 'transaction')) write(sql)
    for (const sql of timeoutStatements(timeouts, 'LOCAL ')) write(sql)
    inSection = false
    return result
  }
  /** A statement of a section, and a check that it has not failed, where something tells. */
  function writeInSection(sql: string): void {
    const found = statementKind(sql)
    const isInTransaction = found.kind === 'plain' && inTransaction.test(sql)
    if (isInTransaction) {
      done.next()
      for (const each of ['BEGIN', withoutResult(sql), done.done(), 'COMMIT']) write(each)
      write(done.stopUnlessDone())
      return
    }
    sections.alone ||= found.kind !== 'plain'
    write(withoutResult(sql))
    if (found.kind !== 'create-index' || found.index === null) return
    done.next()
    write(done.indexDone(inSchemaOf(found.table, found.index)))
  }
  const sink: StatementSink = {
    offline: true,
    execute: ({ sql }: Statement) => {
      if (role !== undefined && touchesRole(sql)) throw roleChanged(step, role, sql)
      setSession ||= setsSession(sql)
      if (inSection) for (const { text } of splitStatements(sql)) writeInSection(text)
      else write(withoutResult(sql))
      return Promise.resolve(noResult)
    },
    autocommit,
    backfill: (spec) =>
      autocommit(() => {
        const { table, set, where, key, batchSize, pause } = fullBackfillSpec(spec)
        const tableSql = backfillTable(step.targetSchema, table)
        if (key !== undefined) checkKeyStays(set, key)
        sections.alone = true
        done.next()
        write(backfillScript({ tableSql, set, where }, key, { batchSize, pause, atEnd: done.note() }))
        write(done.stopUnlessDone())
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
    /** Whether it has sections, and in them what cannot run in a transaction. */
    sections: () => sections,
  }
}
