import { exitCodes, MigError } from '../../errors.ts'
import type { PlanStep } from '../plan/plan.ts'
import type { TenantPlan } from '../plan/tenants.ts'
import type { Project } from '../project.ts'
import { type SessionOptions, usingSession } from '../session/session.ts'
import { applyPlan, planRun } from './apply.ts'
import { isGone } from './gone.ts'
import { type PoolOptions, type PoolResult, runPool, type TenantFailure, type TenantJob } from './pool.ts'
import { revisionSource } from './revision-source.ts'
import { applyTenant, type TenantRun } from './tenant.ts'

/**
 * Takes the steps of a plan for tenants: first what single lines must have, then the tenants, several at a time.
 * A tenant's failure is in the result, not thrown.
 * @throws MigError as `applyPlan` does for single lines; `interrupted`.
 */
export async function runTenants(
  project: Project,
  plan: TenantPlan,
  options: PoolOptions,
  sessionOptions: SessionOptions,
): Promise<PoolResult> {
  const { planner, refused } = plan
  await applyNeeded(project, plan.needed, sessionOptions)
  const run: TenantRun = {
    ...{ project, planner, share: options.share === true },
    revisions: revisionSource(project.env.cacheDir),
  }
  const refusals = refused.map(
    ({ tenant, error }): TenantJob => ({
      tenant,
      async run(session) {
        if (error.code === 'no-schema' && (await isGone(project, session, tenant))) return 'gone'
        throw error
      },
    }),
  )
  const jobs = plan.work.map(
    (work): TenantJob => ({ tenant: work.tenant, run: (session) => applyTenant(run, session, work) }),
  )
  const place = new Map(plan.targets.map((tenant, at) => [tenant, at]))
  const inOrder = [...refusals, ...jobs].sort(
    (a, b) => (place.get(a.tenant) ?? 0) - (place.get(b.tenant) ?? 0),
  )
  return runPool(project, inOrder, options, sessionOptions)
}

/** Upgrades the single lines to the revisions that the tenants depend on. */
async function applyNeeded(
  project: Project,
  needed: readonly PlanStep[],
  options: SessionOptions,
): Promise<void> {
  if (needed.length === 0) return
  await usingSession(project.env, options, async (session) => {
    for (const { revision, line } of needed) {
      const request = { direction: 'upgrade', target: revision, lines: [line] } as const
      await applyPlan(session, project, await planRun(session, project, request), request)
    }
  })
}

/** Failures that say the same of different tenants. */
export interface FailureGroup {
  readonly code: string
  /** With `‹tenant›` in the place of each tenant's name. */
  readonly message: string
  readonly tenants: readonly string[]
  readonly first: MigError
}

/** The failures by what they say, the most frequent first. Pure. */
export function failureGroups(failures: readonly TenantFailure[]): readonly FailureGroup[] {
  const groups = new Map<string, { code: string; message: string; tenants: string[]; first: MigError }>()
  for (const { tenant, error } of failures) {
    const message = error.message.replaceAll(tenant.schema, '‹tenant›')
    const key = `${error.code} ${message}`
    const group = groups.get(key)
    if (group === undefined)
      groups.set(key, { code: error.code, message, tenants: [tenant.schema], first: error })
    else group.tenants.push(tenant.schema)
  }
  return [...groups.values()].toSorted((a, b) => b.tenants.length - a.tenants.length)
}

/**
 * The failure of a run as an error, or undefined when no tenant failed. A run that stops at the first failure is
 * that failure (exit 3); one that went on, or whose canary failed, is `tenants-failed` (exit 7) with the list.
 */
export function tenantRunError(result: PoolResult, options: PoolOptions): MigError | undefined {
  const { failures, done, left, canaryFailed } = result
  const [first] = failures
  if (first === undefined) return undefined
  const goesOn = options.goOn === true || options.maxFailures !== undefined || canaryFailed
  const counts = `${done} done, ${failures.length} failed, ${left} not begun`
  if (!goesOn) {
    const { message, help, facts } = first.error
    const more = 'the others go on with --continue; a rerun does only what is left'
    return first.error.with({
      message: `${message}\ntenants: ${counts}`,
      help: help === undefined ? more : `${help}\n${more}`,
      facts: { ...facts, done, left, failed: failures.map(({ tenant }) => tenant.schema) },
      cause: first.error,
    })
  }
  const names = failures.map(({ tenant }) => tenant.schema)
  const list =
    names.length <= 20 ? names.join(', ') : `${names.slice(0, 20).join(', ')} and ${names.length - 20} more`
  const why = canaryFailed ? 'a canary failed, so the others were left alone' : 'some tenants failed'
  return new MigError(canaryFailed ? 'canary-failed' : 'tenants-failed', `${why}: ${list} (${counts})`, {
    help: 'fix what the errors say, then run the same command again: it does only what is left',
    exitCode: exitCodes.someTenantsFailed,
    facts: {
      ...{ done, left, failed: names },
      groups: failureGroups(failures).map(({ code, message, tenants }) => ({ code, message, tenants })),
    },
  })
}
