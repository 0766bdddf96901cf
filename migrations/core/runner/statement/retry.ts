import { setTimeout as pause } from 'node:timers/promises'
import { MigError } from '../../errors.ts'
import { type LockHolder, retriedStates } from '../../events.ts'
import { serverHelp } from '../../postgres/index.ts'
import type { PlanStep } from '../plan/plan.ts'
import type { StepContext } from './step-context.ts'

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
