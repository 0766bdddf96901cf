import { setTimeout as pause } from 'node:timers/promises'
import { MigError } from '../errors.ts'
import type { PlanStep } from './plan.ts'
import type { StepContext } from './step.ts'

/** lock_not_available and deadlock_detected (manual, appendix A): nothing was wrong but the moment. */
const retriable = new Set(['55P03', '40P01'])

/**
 * Runs a whole revision again while it fails on a lock, with doubling pauses and jitter, until the environment's
 * retry time is over. The body must have rolled back when it throws.
 */
export async function retrying(
  context: StepContext,
  step: PlanStep,
  body: () => Promise<void>,
): Promise<void> {
  const { env } = context.project
  const { emit, signal } = context.session
  const end = Date.now() + env.retry.for
  for (let attempt = 1; ; attempt++) {
    try {
      return await body()
    } catch (error) {
      const sqlState = error instanceof MigError ? error.facts.sqlState : undefined
      const longest = Math.min(env.retry.firstDelay * 2 ** (attempt - 1), env.retry.maxDelay)
      const delayMs = Math.round(longest * (0.5 + Math.random() / 2))
      if (typeof sqlState !== 'string' || !retriable.has(sqlState) || Date.now() + delayMs > end) throw error
      const { revision, targetSchema } = step
      emit({ event: 'retry', revision, targetSchema, attempt, sqlState, delayMs, blockers: [] })
      await pause(delayMs, undefined, { signal })
    }
  }
}
