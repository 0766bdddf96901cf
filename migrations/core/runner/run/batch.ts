import { batchWrites, type LedgerStep } from '../../ledger/index.ts'
import { isConnectionLost, messageWithoutValues, pipelined } from '../../postgres/index.ts'
import { stepFacts } from '../plan/plan.ts'
import { rollBack } from '../session/session.ts'
import { enteringStatements, leavingStatements, lockCheck } from '../statement/own-sql.ts'
import { surviving } from '../statement/retry.ts'
import type { StepContext } from '../statement/step-context.ts'
import { logFailure, stepError } from '../statement/step-error.ts'
import { landing } from './landing.ts'
import type { KnownReady } from './upcoming.ts'

/** A statement that has run. */
interface Ran {
  readonly sql: string
  readonly ms: number
  readonly rows: number | null
}

/**
 * Runs revisions as one transaction, with one answer awaited from the server.
 * @param place that of the first of them in the run
 * @param onSent called once the server works
 * @returns whether they have run; false where the server has refused something, and nothing is done
 * @throws MigError `connection-lost`, `interrupted`
 */
export async function runBatch(
  context: StepContext,
  batch: readonly KnownReady[],
  place: number,
  onSent: () => void,
): Promise<boolean> {
  const { session, total } = context
  const [first, last] = [batch[0], batch.at(-1)]
  if (first === undefined || last === undefined) return false
  session.signal?.throwIfAborted()
  const rows = batch.map(({ ledgerStep }) => ledgerStep)
  const ran = batch.map((): Ran[] => [])
  const of = { step: last.step, id: rows.at(-1)?.step ?? '', first: first.step, isDivisible: true }
  const tell = progressTeller(context, batch)
  // One by one they have the retries that they need.
  const done = await surviving(context, of, async (lostBy) => {
    if (lostBy === undefined)
      return inOneTransaction(context, batch, rows, {
        onSent,
        onRan(at, each) {
          ran[at]?.push(each)
          if (ran[at]?.length === batch[at]?.known.statements.length) tell(at + 1)
        },
      })
    sayDivided(context, batch, lostBy)
    return false
  })
  if (done === false) return false
  for (const [at, { step }] of batch.entries()) {
    const statements = ran[at] ?? []
    const { targetSchema, revision } = step
    const of = { index: place + at + 1, total, ...stepFacts(step) }
    session.emit({ event: 'step-start', ...of })
    for (const each of statements) session.emit({ event: 'statement', targetSchema, revision, ...each })
    session.emit({ event: 'step-done', ms: statements.reduce((sum, { ms }) => sum + ms, 0), ...of })
  }
  return true
}

/** Tells of a batch, at most every second, how far it is; nothing of it is done before all is. */
function progressTeller({ session }: StepContext, batch: readonly KnownReady[]): (done: number) => void {
  const [started, total] = [performance.now(), batch.length]
  let told = started
  return (done) => {
    const now = performance.now()
    const step = batch[done - 1]?.step
    if (step === undefined || now - told < 1000) return
    told = now
    const seconds = (now - started) / 1000
    session.emit({
      ...{ event: 'progress', revision: step.revision, targetSchema: step.targetSchema, unit: 'revisions' },
      ...{ what: `${total} revisions in one transaction`, done, total },
      perSecond: done < seconds ? null : Math.round(done / seconds),
      secondsLeft: Math.round(((total - done) * seconds) / done),
    })
  }
}

function sayDivided({ session }: StepContext, batch: readonly KnownReady[], why: string): void {
  const message = `${batch.length} revisions do not run as one transaction, so each runs by itself: ${why}`
  session.emit({ event: 'notice', severity: 'INFO', message })
}

async function inOneTransaction(
  context: StepContext,
  batch: readonly KnownReady[],
  rows: readonly LedgerStep[],
  { onSent, onRan }: { readonly onSent: () => void; readonly onRan: (at: number, ran: Ran) => void },
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
  const body = batch.flatMap(({ start: { lockTimeout, statementTimeout }, known: { statements } }, at) => {
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
  for (const { known } of batch) for (const { sql } of known.statements) lands.note(sql)
  const ending = [
    ...(await lands.guard()),
    ...leavingStatements(start, false),
    lockCheck(ledgerSchema, step),
    ...batchWrites(ledgerSchema, rows),
    'COMMIT',
  ]
  const statements = [...opening, ...body.map(({ text }) => text), ...ending]
  const toldAt = (index: number) => body[index - opening.length]?.told
  // The server answers the last statement of each revision at once, so that progress can be told.
  const isTold = (index: number) => toldAt(index) !== undefined && toldAt(index)?.at !== toldAt(index + 1)?.at
  let passed = 0
  const sent = pipelined(session.client, { statements, isTold })
  onSent()
  const { failure, threw } = await sent.answer((index, count, ms) => {
    passed += ms
    const told = toldAt(index)
    if (told === undefined) return
    onRan(told.at, { sql: told.sql, ms: passed, rows: count })
    passed = 0
  })
  if (threw !== undefined && failure === undefined) throw threw
  if (failure === undefined) return true
  const isLost = isConnectionLost(failure)
  if (!isLost) await rollBack(session)
  if (isLost || session.signal?.aborted) {
    const point = { committed: 0, committing: true, begun: false }
    const error = stepError(step, failure, session.signal, point)
    if (!isLost) await logFailure(context, firstRow, error, performance.now() - started)
    throw error
  }
  sayDivided(context, batch, messageWithoutValues(failure))
  return false
}
