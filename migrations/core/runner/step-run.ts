import { createHash } from 'node:crypto'
import type { ClientBase, QueryResult } from 'pg'
import { MigError } from '../errors.ts'
import { forgetProgressStatement, type Progress, progressStatement } from '../ledger/index.ts'
import type { Statement, StatementSink } from '../operations/index.ts'
import { splitStatements } from '../postgres/index.ts'
import { runAlone } from './alone.ts'
import { runBackfill } from './backfill.ts'
import type { PlanStep } from './plan.ts'
import { doneResult } from './reread.ts'
import { inTransaction, type SectionContext, type StepStart } from './section.ts'
import { rollBack, whereFrom } from './session.ts'
import { checkStatement, runStatement } from './statement.ts'
import { statementKind } from './statement-kind.ts'
import { type StepContext, searchPathStatement } from './step.ts'
import { noSection, resumeDiffers } from './step-error.ts'

/**
 * One attempt at a step. A revision is a transaction until `op.autocommit` or `op.backfill`: there, what was done
 * so far is committed together with a row in `mig.progress`, and what comes after the section is a transaction
 * again. Statements are counted, so that a later attempt leaves out those that are done.
 */
export interface StepRun {
  readonly sink: StatementSink
  /** Opens the transaction. */
  begin(): Promise<void>
  /** Commits what is open together with the ledger's statements. */
  finish(ledger: readonly string[]): Promise<void>
  /** Rolls back what is open; for a connection that still answers. */
  abandon(): Promise<void>
  /** How many statements are committed, and whether a COMMIT is on its way. */
  standing(): { readonly committed: number; readonly committing: boolean }
}

/** @throws MigError `resume-differs` when a done statement is not the one that stands in its place now. */
export function stepRun(context: StepContext, step: PlanStep, start: StepStart): StepRun {
  const { session, project } = context
  const { ledgerSchema } = project.env
  const resumeAt = start.progress?.statement ?? 0
  const { targetSchema, revision, direction, line } = step
  let stored: Progress = start.progress ?? {
    ...{ targetSchema, revision, direction, line, checksum: start.checksum, host: whereFrom },
    ...{ statement: 0, digest: '', pending: null, backfill: null },
  }
  let inLedger = start.progress !== undefined
  let issued = 0
  let digest = ''
  /** Ends a section: the statement that sets the session's settings back. */
  let restore: string | undefined
  let committing = false
  let turn = Promise.resolve()

  const reached = (): Progress => ({
    ...stored,
    ...{
      checksum: start.checksum,
      host: whereFrom,
      statement: issued,
      digest,
      pending: null,
      backfill: null,
    },
  })
  const noteSaved = (progress: Progress) => {
    stored = progress
    inLedger = true
  }
  const sectionContext: SectionContext = {
    ...{ context, step, start, reached, noteSaved },
    stored: () => stored,
    async save(progress) {
      await session.client.query(progressStatement(ledgerSchema, progress))
      noteSaved(progress)
    },
  }

  /** Counts a statement; true when an earlier attempt has done it. */
  function isDone(text: string): boolean {
    issued += 1
    digest = createHash('sha256').update(`${digest}\n${text}`).digest('hex').slice(0, 32)
    if (issued === resumeAt && digest !== start.progress?.digest) throw resumeDiffers(step, resumeAt)
    return issued <= resumeAt
  }

  async function begin(): Promise<void> {
    const timeouts = [
      `SET LOCAL lock_timeout = ${start.lockTimeout}`,
      `SET LOCAL statement_timeout = ${start.statementTimeout}`,
    ]
    const first = issued === 0 ? start.opening : []
    const statements = [...first, searchPathStatement(step, 'transaction'), ...timeouts]
    await session.client.query([...(start.ownTransaction ? ['BEGIN'] : []), ...statements].join('; '))
  }

  async function commit(statements: readonly string[]): Promise<void> {
    committing = true
    await session.client.query([...statements, 'COMMIT'].join('; '))
    committing = false
  }

  async function autocommit<Result>(body: () => Promise<Result>): Promise<Result> {
    if (restore !== undefined) return body()
    if (!start.ownTransaction) throw noSection(step)
    if (issued > stored.statement || !inLedger) {
      const progress = reached()
      await commit([progressStatement(ledgerSchema, progress)])
      noteSaved(progress)
    } else await commit([])
    restore = await enterSection(session.client, step, start)
    // On a failure the step is given up, and `abandon` restores.
    const result = await body()
    await session.client.query(restore)
    restore = undefined
    await begin()
    return result
  }

  /** A section's statements are transactions of their own, so those that were not awaited must not mix. */
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = turn.then(work)
    turn = result.then(
      () => undefined,
      () => undefined,
    )
    return result
  }

  async function executeInSection(statement: Statement): Promise<QueryResult> {
    const pieces =
      statement.values === undefined
        ? splitStatements(statement.sql).map(({ text }) => ({ sql: text }))
        : [statement]
    let last: QueryResult | undefined
    for (const piece of pieces) {
      checkStatement(step, piece)
      last = await (isDone(piece.sql)
        ? doneResult(session, step, piece, false)
        : runInSection(sectionContext, piece))
    }
    return last ?? doneResult(session, step, statement, false)
  }

  const sink: StatementSink = {
    offline: false,
    get client() {
      return session.client
    },
    async execute(statement) {
      if (restore !== undefined) return inTurn(() => executeInSection(statement))
      checkStatement(step, statement)
      if (isDone(statement.sql)) return doneResult(session, step, statement, true)
      return runStatement(session, step, statement, start.lockTimeout)
    },
    autocommit,
    backfill: (spec) =>
      autocommit(async () => {
        const { table, set, where, key } = spec
        if (isDone(JSON.stringify({ table, set, where, key }))) return { rows: 0, batches: 0 }
        return runBackfill(sectionContext, spec)
      }),
  }

  return {
    sink,
    begin,
    async finish(ledger) {
      session.signal?.throwIfAborted()
      if (issued < resumeAt) throw resumeDiffers(step, resumeAt)
      const forget = inLedger ? [forgetProgressStatement(ledgerSchema, targetSchema, revision)] : []
      if (start.ownTransaction) await commit([...ledger, ...forget])
      else await session.client.query([...ledger, ...forget].join('; '))
    },
    async abandon() {
      if (start.ownTransaction) await rollBack(session)
      if (restore !== undefined) await session.client.query(restore)
    },
    standing: () => ({ committed: inLedger ? stored.statement : 0, committing }),
  }
}

/** One statement of a section: in a transaction with its progress, or by itself where PostgreSQL asks for it. */
async function runInSection(at: SectionContext, statement: Statement): Promise<QueryResult> {
  const found = statementKind(statement.sql)
  if (found.kind !== 'plain') return runAlone(at, statement, found)
  try {
    return await inTransaction(at, (lockTimeout) =>
      runStatement(at.context.session, at.step, statement, lockTimeout),
    )
  } catch (error) {
    if (!refusesTransaction(error)) throw error
    return runAlone(at, statement, { kind: 'alone' })
  }
}

/** 25001 active_sql_transaction; 2D000 a procedure or DO block that commits by itself. */
function refusesTransaction(error: unknown): boolean {
  const sqlState = error instanceof MigError ? error.facts.sqlState : undefined
  return sqlState === '25001' || sqlState === '2D000'
}

/** Sets for the session what a transaction sets for itself; returns the statements that set it back. */
async function enterSection(client: ClientBase, step: PlanStep, start: StepStart): Promise<string> {
  const names = ['search_path', 'lock_timeout', 'statement_timeout']
  const { rows } = await client.query<{ back: string }>(
    `SELECT string_agg(format('SELECT set_config(%L, %L, false)', name, current_setting(name)), '; ') AS back FROM unnest($1::text[]) AS name`,
    [names],
  )
  await client.query(
    `${searchPathStatement(step, 'session')}; SET lock_timeout = ${start.lockTimeout}; SET statement_timeout = ${start.statementTimeout}`,
  )
  return rows[0]?.back ?? ''
}
