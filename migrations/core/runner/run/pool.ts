import { setMaxListeners } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import type { Environment } from '../../environment/index.ts'
import { exitCodes, interruptExitCode, MigError } from '../../errors.ts'
import type { EmitEvent } from '../../events.ts'
import { noteLooked } from '../../ledger/index.ts'
import { isServerError } from '../../postgres/connection/database-error.ts'
import { databaseError, isConnectionLost } from '../../postgres/index.ts'
import type { Project } from '../project.ts'
import { guardConnection, readyToRun } from '../session/locks.ts'
import { type Session, type SessionOptions, usingSession } from '../session/session.ts'
import { databaseEnvironment } from '../targets/databases.ts'
import { type JobQueue, jobQueue, mostLosses, rotated, type TargetJob } from './job-queue.ts'
import { type Tally, type TargetFailure, tally } from './tally.ts'

export interface PoolOptions {
  /** Connections; never more than tenants. Default 4. */
  readonly jobs?: number
  /** So many tenants go first; the others only if none of these fails. */
  readonly canary?: number
  /** Go on past a failure. */
  readonly goOn?: boolean
  /** Stop after so many failures; implies `goOn`. */
  readonly maxFailures?: number
  /** Divide the tenants with other runners of the same command. */
  readonly share?: boolean
}

/** What came of many tenants. */
export interface PoolResult {
  readonly done: number
  /** Steps taken in all. */
  readonly steps: number
  /** In the order of the jobs, whichever ended first. */
  readonly failures: readonly TargetFailure[]
  /** Tenants that were dropped while the run went on. */
  readonly gone: number
  /** Tenants that were not begun, since the run stopped before. */
  readonly left: number
  /** Whether the canaries stopped it. */
  readonly canaryFailed: boolean
  readonly ms: number
}

/** What came of the single lines, whose failure is thrown. */
export function singleResult(done: number, steps: number, started: number): PoolResult {
  return { done, steps, failures: [], gone: 0, left: 0, canaryFailed: false, ms: performance.now() - started }
}

const defaultJobs = 4
/** Milliseconds between looks at tenants that other runners have, about. */
const busyPause = 200

/**
 * Runs jobs over a number of connections, each with a tenant at a time. A connection stays with one database while
 * that has tenants left. Failures are collected, not thrown.
 * @throws MigError `interrupted`, and what keeps the first connection from opening.
 */
export async function runPool(
  project: Project,
  jobs: readonly TargetJob[],
  options: PoolOptions,
  givenSessions: SessionOptions,
): Promise<PoolResult> {
  const started = performance.now()
  const emit = warningOnce(givenSessions.emit ?? (() => undefined))
  const sessionOptions = { ...givenSessions, emit }
  // Each connection listens to it, and Node takes more than ten for a leak.
  if (givenSessions.signal !== undefined) setMaxListeners(0, givenSessions.signal)
  const count = Math.min(options.canary ?? 0, jobs.length)
  const counts = tally(jobs.length, emit)
  const context = { project, options, sessionOptions, emit, counts, ready: readyOnce() }
  let canaryFailed = false
  if (count > 0) {
    await drain({ ...context, queue: jobs.slice(0, count), goOn: false })
    canaryFailed = counts.failures().length > 0
  }
  if (!canaryFailed) {
    const rest = jobs.slice(count)
    const goOn = options.goOn === true || options.maxFailures !== undefined
    await drain({ ...context, queue: options.share ? rotated(rest) : rest, goOn })
  }
  const order = new Map(jobs.map(({ target }, at) => [target, at]))
  const failures = counts
    .failures()
    .toSorted((a, b) => (order.get(a.target) ?? 0) - (order.get(b.target) ?? 0))
  const { done, steps, gone } = counts.totals()
  const left = jobs.length - done - gone - failures.length
  return { done, steps, failures, gone, left, canaryFailed, ms: performance.now() - started }
}

/** Hundreds of connections may all have the same to say. */
function warningOnce(emit: EmitEvent): EmitEvent {
  const told = new Set<string>()
  return (event) => {
    if (event.event === 'warning') {
      const text = `${event.code} ${event.message}`
      if (told.has(text)) return
      told.add(text)
    }
    emit(event)
  }
}

interface Drain {
  readonly project: Project
  readonly options: PoolOptions
  readonly sessionOptions: SessionOptions
  readonly emit: EmitEvent
  readonly counts: Tally
  readonly ready: ReturnType<typeof readyOnce>
  readonly queue: readonly TargetJob[]
  readonly goOn: boolean
}

async function drain(context: Drain): Promise<void> {
  const { queue, options, counts, goOn } = context
  const { signal } = context.sessionOptions
  const waiting = jobQueue(queue)
  const limit = options.maxFailures ?? Number.POSITIVE_INFINITY
  const stopped = () =>
    signal?.aborted === true || (!goOn && counts.failures().length > 0) || counts.failures().length >= limit
  let [working, losses] = [0, 0]
  const worker = async (): Promise<void> => {
    working += 1
    try {
      for (;;) {
        const database = stopped() ? undefined : waiting.database()
        if (database === undefined) return
        try {
          await workOn(context, waiting, database, stopped)
        } catch (error) {
          if (isTooMany(error) && working > 1) return fewerJobs(context, error)
          // One that broke as soon as it was there says nothing of the next one.
          if (isConnectionLost(error) && !signal?.aborted && losses++ < mostLosses) continue
          if (!(error instanceof MigError) || signal?.aborted) throw error
          // The database cannot be reached, so none of its tenants can.
          for (const job of waiting.takeAll(database)) counts.failed(job.target, error, 0)
        }
      }
    } finally {
      working -= 1
    }
  }
  const workers = Math.max(1, Math.min(options.jobs ?? defaultJobs, queue.length))
  const ends = await Promise.allSettled(Array.from({ length: workers }, worker))
  if (signal?.aborted) throw interrupted(signal, counts)
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}

/** Makes connections ready to take steps; the ledger of a database is looked at, and made, by the first of them. */
function readyOnce() {
  const made = new Map<string | null, Promise<boolean>>()
  return async (session: Session, env: Environment, database: string | null): Promise<void> => {
    const earlier = made.get(database)
    if (earlier !== undefined && (await earlier)) {
      await guardConnection(session)
      noteLooked(session.client, env.ledgerSchema)
      return
    }
    const making = readyToRun(session, env)
    const isMade = making.then(
      () => true,
      () => false,
    )
    made.set(database, isMade)
    await making
  }
}

/** One connection to one database, until that has nothing left to take. */
async function workOn(
  { project, sessionOptions, counts, ready }: Drain,
  waiting: JobQueue,
  database: string | null,
  stopped: () => boolean,
): Promise<void> {
  const env = databaseEnvironment(project.env, database)
  await usingSession(env, sessionOptions, async (session) => {
    await ready(session, env, database)
    for (;;) {
      const job = stopped() ? undefined : waiting.take(database)
      if (job === undefined) return
      const { target } = job
      const started = performance.now()
      try {
        const outcome = await job.run(session)
        if (outcome === 'lost') {
          // Another connection takes it up, but not for ever.
          if (waiting.giveBack(job)) return
          throw connectionGone()
        }
        if (outcome === 'busy') {
          waiting.putBack(job)
          // All that is left is in other hands: look again in a while.
          if (waiting.allBusy(database))
            await pause(busyPause * (0.5 + Math.random()), undefined, { signal: sessionOptions.signal })
        } else if (outcome === 'gone') {
          waiting.settled(job)
          counts.gone(target, performance.now() - started)
        } else {
          waiting.settled(job)
          counts.done(target, outcome.steps, performance.now() - started)
        }
      } catch (error) {
        if (sessionOptions.signal?.aborted) return
        waiting.settled(job)
        counts.failed(target, asMigError(error), performance.now() - started)
        if (isConnectionLost(error) || brokenBy(error)) return
      }
    }
  })
}

/** A failed step hides a lost connection in its causes. */
function brokenBy(error: unknown): boolean {
  return error instanceof Error && error.cause !== undefined
    ? isConnectionLost(error.cause) || brokenBy(error.cause)
    : false
}

function isTooMany(error: unknown): error is MigError {
  return error instanceof MigError && error.code === 'too-many-connections'
}

function fewerJobs({ emit }: Drain, error: MigError): void {
  emit({
    event: 'warning',
    code: 'fewer-jobs',
    message: `the server has no connection left, so fewer tenants run at the same time: ${error.message}`,
    help: 'use fewer connections: --jobs 2',
  })
}

function connectionGone(): MigError {
  return new MigError('connection-lost', 'the connection broke again and again before anything was done', {
    help: 'find out what ends the sessions of this role, then run the same command again',
    exitCode: exitCodes.stepFailed,
  })
}

/** What a tenant failed with, whatever was thrown. */
function asMigError(error: unknown): MigError {
  if (error instanceof MigError) return error
  if (isServerError(error) || isConnectionLost(error)) return databaseError(error)
  const message = error instanceof Error ? error.message : String(error)
  return new MigError('tenant-failed', message, {
    help: 'see its state: just mig-status; the same command resumes',
    exitCode: exitCodes.stepFailed,
    cause: error,
  })
}

/** The end of a run over tenants that a signal, or an error of the caller's, has stopped. */
function interrupted(signal: AbortSignal, counts: Tally): MigError {
  const { done, total } = counts.totals()
  const reason = signal.reason instanceof MigError ? signal.reason : undefined
  return new MigError(
    reason?.code ?? 'interrupted',
    `${reason?.message ?? 'interrupted'}; ${done} of ${total} tenants are done, and what was under way is rolled back or resumable`,
    {
      help: reason?.help ?? 'run the same command again: it does what is left',
      exitCode: reason?.exitCode ?? interruptExitCode(signal.reason),
      facts: { done, total },
      cause: reason,
    },
  )
}
