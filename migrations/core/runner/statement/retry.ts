import { setTimeout as pause } from 'node:timers/promises'
import type { ClientBase } from 'pg'
import { exitCodes, MigError } from '../../errors.ts'
import { type LockHolder, type MigEvent, retriedStates } from '../../events.ts'
import { isStepDone, readApplied } from '../../ledger/index.ts'
import { backendPid, isConnectionLost, serverHelp } from '../../postgres/index.ts'
import type { PlanStep } from '../plan/plan.ts'
import { guardConnection, lockTargets } from '../session/locks.ts'
import type { StepContext } from './step-context.ts'

/** The step whose log entry, under this id, tells that all is committed, and the first of the transaction. */
interface Committing {
  readonly step: PlanStep
  readonly id: string
  readonly first: PlanStep
  /** The next try may do it in shorter transactions. */
  readonly isDivisible?: boolean
}

/** Runs steps of one transaction again while they fail on a lock, and after a lost connection. */
export function tryingAgain<Result>(
  context: StepContext,
  last: Committing,
  body: (again: boolean) => Promise<Result>,
): Promise<Result | undefined> {
  return surviving(context, last, (lostBy) =>
    retrying(context, last.first, (attempt) => body(lostBy !== undefined || attempt > 1)),
  )
}

/**
 * Runs a piece of work again while it fails on a lock, with doubling pauses and jitter, until the environment's
 * retry time has gone by since the first failure. A pause is longer by a quarter than the attempt before it,
 * in which readers may have queued behind us: so they are kept waiting less than half of the time. The body must
 * have rolled back when it throws. An error that comes out has been tried long enough: no retry around this one
 * tries it again.
 */
export async function retrying<Result>(
  context: StepContext,
  step: PlanStep,
  body: (attempt: number) => Promise<Result>,
): Promise<Result> {
  const { env } = context.project
  const { emit, signal } = context.session
  let end: number | undefined
  for (let attempt = 1; ; attempt++) {
    const started = performance.now()
    try {
      return await body(attempt)
    } catch (error) {
      if (!(error instanceof MigError)) throw error
      const { sqlState, attempts, revision = step.revision } = error.facts
      if (typeof sqlState !== 'string' || !(sqlState in retriedStates) || attempts !== undefined) throw error
      end ??= Date.now() + env.retry.for
      const longest = Math.min(env.retry.firstDelay * 2 ** (attempt - 1), env.retry.maxDelay)
      // Of an attempt that worked for long before it met the lock, only so much can have been a wait for it.
      const blocked = Math.min(performance.now() - started, Math.max(env.lockTimeout, env.retry.maxDelay))
      const delayMs = Math.round(
        Math.max(longest * (0.5 + Math.random() / 2), blocked * (1.25 + Math.random() / 4)),
      )
      if (signal?.aborted) throw error
      if (Date.now() + delayMs > end) throw triedLongEnough(error, attempt, env.retry.for)
      const { targetSchema } = step
      const blockers = blockersOf(error)
      const event = { revision: String(revision), targetSchema, attempt, sqlState, delayMs, blockers }
      emit({ event: 'retry', ...event })
      await pause(delayMs, undefined, { signal })
    }
  }
}

function blockersOf({ facts }: MigError): readonly LockHolder[] {
  return Array.isArray(facts.blockers) ? facts.blockers : []
}

function triedLongEnough(error: MigError, attempts: number, forMs: number): MigError {
  const { message, facts } = error
  const [blocker] = blockersOf(error)
  const by =
    blocker === undefined
      ? ''
      : `; blocked by pid ${blocker.pid} (${blocker.application || 'no application name'}, ${blocker.user}, ${blocker.state})`
  const tries = attempts === 1 ? '' : `\ntried ${attempts} times within ${forMs / 1000} s`
  return error.with({
    message: `${message}${tries}${by}`,
    help:
      blocker === undefined
        ? (serverHelp(facts.sqlState) ??
          'run the same command again when the tables are less busy; see who holds the locks: just mig-status')
        : `look at it with just mig-status, end it with SELECT pg_terminate_backend(${blocker.pid}), then run the same command again`,
    facts: { ...facts, attempts },
    cause: error,
  })
}

/** How often one step goes on after a lost connection; a statement that brings the server down must come to an end. */
const mostLosses = 3

/** What a server that is coming back may answer; anything else (no database, wrong password) stays as it is. */
const passing = new Set(['no-server', 'no-connection', 'server-starting', 'too-many-connections'])

const tookTooLong = '25P04'

/**
 * Why a session that was ended is not worth another try: somebody has done so on purpose, or stops the server
 * (admin_shutdown), or the same would happen again.
 */
const endings: Readonly<Record<string, string>> = {
  '57P01': 'the session was ended by an administrator',
  '25P03':
    'the server ended the session: its transaction was idle for longer than idle_in_transaction_session_timeout',
  [tookTooLong]: 'the server ended the session: its transaction took longer than transaction_timeout',
}

/**
 * Runs a step, or the steps of one transaction, and when the connection is lost looks up what became of it: a new
 * connection ends what is left of the old one, takes the locks again, which proves that the old one is gone, and
 * asks the log. What was not committed is run again, except when somebody ended the session on purpose.
 * @param body is given why the try before it has lost the connection
 * @returns what `body` does; undefined where the log tells that it was committed when the connection was lost
 * @throws MigError `connection-lost`, saying what the database's state is, and what `body` throws.
 */
export async function surviving<Result>(
  context: StepContext,
  last: Committing,
  body: (lostBy: string | undefined) => Promise<Result>,
): Promise<Result | undefined> {
  const { session, project } = context
  const { targetSchema, revision } = last.step
  let lostBy: string | undefined
  for (let losses = 1; ; losses++) {
    try {
      return await body(lostBy)
    } catch (error) {
      if (
        !(error instanceof Error) ||
        !isConnectionLost(error) ||
        session.own === undefined ||
        session.signal?.aborted
      )
        throw error
      const endedBy = session.own.endedBy() ?? stateOf(error)
      await connectAgain(context, error)
      if (await isStepDone(session.client, project.env.ledgerSchema, last.id)) return undefined
      const isTooLong = last.isDivisible === true && endedBy === tookTooLong
      if ((endingOf(endedBy) !== undefined && !isTooLong) || losses >= mostLosses)
        throw notCommitted(error, last.step, endedBy)
      await checkUnmoved(context, last.first)
      lostBy = endingOf(endedBy) ?? 'the connection was lost'
      const sqlState = endedBy ?? '08006'
      const event = { revision, targetSchema, attempt: losses, sqlState, delayMs: 0, blockers: [] }
      session.emit({ event: 'retry', ...event })
    }
  }
}

async function connectAgain(context: StepContext, lost: MigError | Error): Promise<void> {
  const { session, project, targetSchemas } = context
  const { env } = project
  const { emit, signal } = session
  const pid = backendPid(session.client)
  const end = Date.now() + Math.max(env.retry.for, env.retry.firstDelay)
  for (let delay = env.retry.firstDelay; ; delay = Math.min(delay * 2, env.retry.maxDelay)) {
    try {
      await session.own?.reconnect()
      break
    } catch (cause) {
      if (!(cause instanceof MigError) || !passing.has(cause.code) || Date.now() + delay > end)
        throw withoutAnswer(lost, cause)
      if (delay === env.retry.firstDelay) emit(waitingForServer(lost, env.retry.for))
      await pause(delay, undefined, { signal })
    }
  }
  if (pid !== undefined) await endOldBackend(session.client, pid)
  await guardConnection(session)
  await lockTargets(session, env, targetSchemas)
}

/** Only a backend that still has our old lock is ours: the pid may be another's by now. */
async function endOldBackend(client: ClientBase, pid: number): Promise<void> {
  await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE pid = $1 AND usename = current_user AND application_name = current_setting('application_name')
       AND EXISTS (SELECT FROM pg_locks AS l WHERE l.pid = $1 AND l.locktype = 'advisory' AND l.granted)`,
    [pid],
  )
}

/** Between a loss and the new lock another runner may have gone on. @throws MigError `plan-changed` */
export async function checkUnmoved({ session, project }: StepContext, step: PlanStep): Promise<void> {
  const applied = await readApplied(session.client, project.env.ledgerSchema)
  const rows = [...(applied.get(step.targetSchema) ?? [])].sort().join(' ')
  if (rows === [...step.appliedBefore].sort().join(' ')) return
  throw new MigError(
    'plan-changed',
    `another runner changed ${step.targetSchema} while this one had lost its connection`,
    { help: 'run the same command again to go on from there', exitCode: exitCodes.stepFailed },
  )
}

function stateOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  if (!(error instanceof MigError) && 'code' in error && typeof error.code === 'string') {
    return /^[0-9A-Z]{5}$/.test(error.code) ? error.code : null
  }
  return stateOf(error.cause)
}

function endingOf(sqlState: string | null): string | undefined {
  return sqlState === null ? undefined : endings[sqlState]
}

function notCommitted(error: Error, step: PlanStep, endedBy: string | null): MigError {
  const why = endingOf(endedBy) ?? 'the connection broke again and again'
  return new MigError(
    'connection-lost',
    `${why} during ${step.direction} ${step.revision} on ${step.targetSchema}; the ledger says that it is not committed`,
    {
      help:
        serverHelp(endedBy) ?? 'run the same command again to go on; just mig-status shows what is half done',
      exitCode: exitCodes.stepFailed,
      facts: { revision: step.revision, targetSchema: step.targetSchema, sqlState: endedBy },
      cause: error,
    },
  )
}

function waitingForServer(lost: Error, forMs: number): MigEvent {
  const message = `${lost.message.split('\n')[0]}; trying to connect again for ${forMs / 1000} s`
  const help = 'wait, or stop with Ctrl-C: the same command resumes'
  return { event: 'warning', code: 'connection-lost', message, help }
}

function withoutAnswer(lost: Error, cause: unknown): unknown {
  if (!(cause instanceof MigError)) return cause
  return new MigError('connection-lost', `${lost.message}\nno new connection: ${cause.message}`, {
    help: 'when the server answers again, see what is applied: just mig-current, just mig-status',
    exitCode: exitCodes.stepFailed,
    cause,
  })
}
