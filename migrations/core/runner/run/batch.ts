import { randomUUID } from 'node:crypto'
import { batchWrites, type LedgerStep } from '../../ledger/index.ts'
import { isConnectionLost, messageWithoutValues, pipelined } from '../../postgres/index.ts'
import { definesOnly } from '../../postgres/statement/index.ts'
import type { PlanStep } from '../plan/plan.ts'
import { rollBack, whereFrom } from '../session/session.ts'
import { enteringStatements, leavingStatements, lockCheck } from '../statement/own-sql.ts'
import type { StepContext, StepStart } from '../statement/step-context.ts'
import { stepError } from '../statement/step-error.ts'
import { landing } from './landing.ts'
import { ledgerStepOf, logFailure, startOf } from './step.ts'
import { surviving } from './survive.ts'
import { knownStatements, type SuitedStatement } from './whole.ts'

/** A revision that may share a transaction with others. */
export interface BatchMember {
  readonly step: PlanStep
  readonly start: StepStart
  readonly statements: readonly SuitedStatement[]
}

/** So many statements share a transaction at most: the server has to hold the locks of all of them. */
const mostStatements = 500

/** The target schemas that are upgraded for the first time and may take revisions together. */
export function batchedSchemas(
  { project, halfDone }: StepContext,
  steps: readonly PlanStep[],
): ReadonlySet<string> {
  if (project.env.transaction !== 'batch' || halfDone.length > 0) return new Set()
  const isFirst = ({ direction, appliedBefore }: PlanStep) =>
    direction === 'upgrade' && appliedBefore.length === 0
  return new Set(steps.filter(isFirst).map(({ targetSchema }) => targetSchema))
}

/**
 * The first of the steps, as far as they are on one target schema and do nothing but define objects: these leave the same in
 * one transaction as in many. None where it is only one, or where an event trigger would run for each of their statements.
 */
export async function nextBatch(
  context: StepContext,
  steps: readonly PlanStep[],
): Promise<readonly BatchMember[]> {
  const batch: BatchMember[] = []
  let count = 0
  for (const step of steps) {
    if (step.targetSchema !== steps[0]?.targetSchema) break
    const member = await memberOf(context, step)
    if (member === undefined) break
    count += member.statements.reduce((sum, { pieces }) => sum + pieces.length, 0)
    if (count > mostStatements) break
    batch.push(member)
  }
  return batch.length < 2 || (await hasEventTriggers(context)) ? [] : batch
}

async function memberOf(context: StepContext, step: PlanStep): Promise<BatchMember | undefined> {
  try {
    const body = await context.revisions.load(step.file)
    const start = startOf(context, step, body)
    const statements = knownStatements(context, step, body, start)
    const texts = statements?.flatMap(({ pieces }) => pieces.map(({ text }) => text))
    const defines = texts?.every((text) => definesOnly(text, step.targetSchema)) ?? false
    return statements !== undefined && defines ? { step, start, statements } : undefined
  } catch {
    // What is wrong with the file is told in its turn.
    return undefined
  }
}

async function hasEventTriggers({ session }: StepContext): Promise<boolean> {
  const { rows } = await session.client.query<{ found: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_catalog.pg_event_trigger WHERE evtenabled OPERATOR(pg_catalog.<>) 'D') AS found`,
  )
  return rows[0]?.found !== false
}

/** A statement that has run. */
interface Ran {
  readonly sql: string
  readonly ms: number
  readonly rows: number | null
}

/**
 * Runs revisions as one transaction, with one answer awaited from the server.
 * @returns by revision, what has run; undefined where the server has refused something, and nothing is done
 * @throws MigError `connection-lost`, `interrupted`
 */
export async function runBatch(
  context: StepContext,
  batch: readonly BatchMember[],
): Promise<readonly (readonly Ran[])[] | undefined> {
  const { session } = context
  const [first, last] = [batch[0], batch.at(-1)]
  if (first === undefined || last === undefined) return undefined
  session.signal?.throwIfAborted()
  const rows = batch.map(({ step, start: { checksum } }): LedgerStep => {
    return { ...ledgerStepOf(step), checksum, host: whereFrom, step: randomUUID() }
  })
  const ran = batch.map((): Ran[] => [])
  const of = { step: last.step, id: rows.at(-1)?.step ?? '', first: first.step }
  // One by one they have the retries that they need.
  const done = await surviving(context, of, async (lostOnce) =>
    lostOnce ? false : inOneTransaction(context, batch, rows, (at, each) => ran[at]?.push(each)),
  )
  return done === false ? undefined : ran
}

async function inOneTransaction(
  context: StepContext,
  batch: readonly BatchMember[],
  rows: readonly LedgerStep[],
  onRan: (at: number, ran: Ran) => void,
): Promise<boolean> {
  const { session, project } = context
  const { ledgerSchema } = project.env
  const [[first], [firstRow]] = [batch, rows]
  if (first === undefined || firstRow === undefined) return false
  const { step, start } = first
  const started = performance.now()
  const lands = landing(session, step, start)
  const opening = ['BEGIN', ...start.opening, ...enteringStatements(step, start.role, 'transaction')]
  /** What goes to the server, and of the last part of a statement, what is told of it. */
  const body = batch.flatMap(({ start: { lockTimeout, statementTimeout }, statements }, at) => {
    const before = batch[at - 1]?.start
    const isAsBefore = lockTimeout === before?.lockTimeout && statementTimeout === before.statementTimeout
    const settings = [
      `SET LOCAL lock_timeout = ${lockTimeout}`,
      `SET LOCAL statement_timeout = ${statementTimeout}`,
    ]
    return [
      ...(isAsBefore ? [] : settings.map((text) => ({ text, told: undefined }))),
      ...statements.flatMap(({ sql, pieces }) =>
        pieces.map((piece) => ({
          text: piece.text,
          told: piece === pieces.at(-1) ? { at, sql } : undefined,
        })),
      ),
    ]
  })
  for (const { statements } of batch) for (const { sql } of statements) lands.note(sql)
  const ending = [
    ...(await lands.guard()),
    ...leavingStatements(start, false),
    lockCheck(ledgerSchema, step),
    ...batchWrites(ledgerSchema, rows),
    'COMMIT',
  ]
  let began = performance.now()
  const toldAt = (index: number) => body[index - opening.length]?.told
  const { failure } = await pipelined(
    session.client,
    [...opening, ...body.map(({ text }) => text), ...ending],
    (index, count) => {
      const told = toldAt(index)
      if (told === undefined) return
      const now = performance.now()
      onRan(told.at, { sql: told.sql, ms: now - began, rows: count })
      began = now
    },
  )
  if (failure === undefined) return true
  const isLost = isConnectionLost(failure)
  if (!isLost) await rollBack(session)
  if (isLost || session.signal?.aborted) {
    const point = { committed: 0, committing: true, begun: false }
    const error = stepError(step, failure, session.signal, point)
    if (!isLost) await logFailure(context, firstRow, error, performance.now() - started)
    throw error
  }
  const message = `${batch.length} revisions do not run as one transaction, so each runs by itself: ${messageWithoutValues(failure)}`
  session.emit({ event: 'notice', severity: 'INFO', message })
  return false
}
