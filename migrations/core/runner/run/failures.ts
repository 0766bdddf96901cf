import { exitCodes, MigError } from '../../errors.ts'
import type { PoolOptions, PoolResult } from './pool.ts'
import type { TargetFailure } from './tally.ts'

/** Failures that say the same of different tenants. */
export interface FailureGroup {
  readonly code: string
  /** With `‹tenant›` in the place of each tenant's name. */
  readonly message: string
  readonly tenants: readonly string[]
  readonly first: MigError
}

/** The failures by what they say, the most frequent first. Pure. */
export function failureGroups(failures: readonly TargetFailure[]): readonly FailureGroup[] {
  const groups = new Map<string, { code: string; message: string; tenants: string[]; first: MigError }>()
  for (const { target, error } of failures) {
    const message = error.message.replaceAll(target.schema, '‹tenant›')
    const key = `${error.code} ${message}`
    const group = groups.get(key)
    if (group === undefined)
      groups.set(key, { code: error.code, message, tenants: [target.schema], first: error })
    else group.tenants.push(target.schema)
  }
  return [...groups.values()].toSorted((a, b) => b.tenants.length - a.tenants.length)
}

/**
 * The error of a run on tenants, or undefined if none failed. A run that stopped at the first failure gives that
 * failure (exit 3); one that continued, or whose canary failed, gives `tenants-failed` (exit 7) with the list.
 */
export function tenantRunError(result: PoolResult, options: PoolOptions): MigError | undefined {
  const { failures, done, left, canaryFailed } = result
  const [first] = failures
  if (first === undefined) return undefined
  const goesOn = options.goOn === true || options.maxFailures !== undefined || canaryFailed
  const counts = `${done} done, ${failures.length} failed, ${left} not begun`
  if (!goesOn) {
    const { message, help, facts } = first.error
    const more = '--continue goes on with the others; a rerun does only what is left'
    return first.error.with({
      message: `${message}\ntenants: ${counts}`,
      help: help === undefined ? more : `${help}\n${more}`,
      facts: { ...facts, done, left, failed: failures.map(({ target }) => target.schema) },
      cause: first.error,
    })
  }
  const names = failures.map(({ target }) => target.schema)
  const list =
    names.length <= 20 ? names.join(', ') : `${names.slice(0, 20).join(', ')} and ${names.length - 20} more`
  const why = canaryFailed ? 'a canary failed, so the others were not run' : 'some tenants failed'
  return new MigError(canaryFailed ? 'canary-failed' : 'tenants-failed', `${why}: ${list} (${counts})`, {
    help: 'fix what the errors name, then run the same command again: it does only what is left',
    exitCode: exitCodes.someTenantsFailed,
    facts: {
      ...{ done, left, failed: names },
      groups: failureGroups(failures).map(({ code, message, tenants }) => ({ code, message, tenants })),
    },
  })
}
