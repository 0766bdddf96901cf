import {
  type Environment,
  exitCodes,
  failureGroups,
  groupsOfRun,
  MigError,
  openProject,
  type PoolOptions,
  type Project,
  planRun,
  planTenants,
  runTenants,
  type Session,
  type TenantPlan,
  type TenantRunResult,
  targetTenants,
  tenantPlanEvent,
  tenantRunError,
  usingSession,
  withTenantLossCounts,
} from '../../migrations/core/index.ts'
import { countOf, durationText, failureSummary, tenantPlanText } from '../../migrations/core/report/index.ts'
import { type Command, commandEnvironment } from './command.ts'
import { confirmLosses } from './losses.ts'
import { planRequest } from './runs.ts'
import { onGroups, tenantSessions } from './targets.ts'

/** What is done with the single lines of a run; `besideTenants` when tenant lines are done with before or after. */
type OnSinglesOfRun = (session: Session, project: Project, besideTenants: boolean) => Promise<unknown>

/** Runs an upgrade or downgrade on the lines that its target is for, in their order. */
export async function onLines(
  command: Command,
  direction: 'upgrade' | 'downgrade',
  single: OnSinglesOfRun,
  tenant: (project: Project, line: string) => Promise<unknown>,
): Promise<void> {
  const project = openProject(await commandEnvironment(command))
  const groups = groupsOfRun(project, { direction, target: command.positionals.target ?? '' })
  const besideTenants = groups.length > 1 && groups.some(({ isTenant }) => isTenant)
  const last = groups.at(-1)
  if (direction === 'downgrade' && besideTenants && last?.isTenant === false)
    await expectSinglePlan(command, project, last.lines)
  await onGroups(command, project, groups, ({ project: own, isTenant, lines, sessions }) => {
    if (isTenant) return tenant(own, lines[0] ?? '')
    if (sessions.open === undefined) throw new Error('single lines have an open session')
    return single(sessions.open, own, besideTenants)
  })
}

/**
 * Plans the downgrade of the single lines, which tenants precede: what it refuses is refused before a tenant goes.
 * @throws MigError as `planRun` does
 */
async function expectSinglePlan(command: Command, project: Project, lines: readonly string[]): Promise<void> {
  const request = { ...planRequest('downgrade', command), lines, tenantsGo: true }
  await usingSession(project.env, { signal: command.signal }, (session) => planRun(session, project, request))
}

/**
 * Plans and runs an upgrade or downgrade of a tenant line, and tells what came of it.
 * @param asks whether to ask before rows are lost
 */
export async function runOnTenants(
  command: Command,
  project: Project,
  line: string,
  direction: 'upgrade' | 'downgrade',
  { asks = false }: { readonly asks?: boolean } = {},
): Promise<void> {
  const { output, flags } = command
  const options = poolOptions(command, project.env)
  const sessions = tenantSessions(command)
  const targets = await targetTenants(project.env, line, sessions)
  const request = { ...planRequest(direction, command), line }
  const planned = await planTenants(project, targets, request, sessions)
  const plan = await withTenantLossCounts(project, planned, sessions)
  const shown = tenantPlanEvent(plan)
  if (plan.work.length === 0 && plan.refused.length === 0) {
    const text = `nothing to do: ${countOf(targets.length, 'tenant')} of ${line} at ${request.target}`
    output.result(text, shown, { event: 'done', direction, steps: 0, ms: 0 })
    return
  }
  output.result(output.level === 'quiet' ? '' : tenantPlanText(shown, output.style), shown)
  if (flags.plan) return showRefused(command, plan)
  if (asks) await confirmLosses(command, plan.groups)
  showTenantResult(command, await runTenants(project, plan, options, sessions), options)
}

/** Why some tenants have no plan; a run would fail with them. */
function showRefused({ output }: Command, { refused }: TenantPlan): void {
  const groups = failureGroups(refused)
  for (const { code, message, tenants, first } of groups) {
    const names = tenants.slice(0, 10).join(', ') + (tenants.length > 10 ? ' …' : '')
    output.event({
      ...{ event: 'warning', code, message: `no plan for ${names}: ${message}` },
      ...(first.help === undefined ? {} : { help: first.help }),
    })
  }
}

/** Tells what came of the tenants. @throws MigError as `tenantRunError` makes it */
export function showTenantResult({ output }: Command, result: TenantRunResult, options: PoolOptions): void {
  const { line, direction, done, failures, gone, left, steps, ms } = result
  const groups = failureGroups(failures).map(({ code, message, tenants }) => ({ code, message, tenants }))
  const counts = [
    `${countOf(done, 'tenant')} of ${line} done`,
    ...(failures.length > 0 ? [`${failures.length} failed`] : []),
    ...(gone > 0 ? [`${gone} gone`] : []),
    ...(left > 0 ? [`${left} not begun`] : []),
  ]
  const text = `${counts.join(', ')}: ${countOf(steps, 'step')} in ${durationText(ms)}`
  const paint = failures.length > 0 ? output.style.warning : output.style.good
  const summary = groups.length === 0 ? [] : [failureSummary(groups, output.style)]
  const tenants = { line, done, failed: failures.length, left, groups }
  output.result(output.level === 'quiet' ? '' : [...summary, paint(text)].join('\n'), {
    ...{ event: 'done', direction, steps, ms, tenants },
  })
  const error = tenantRunError(result, options)
  if (error !== undefined) throw error
}

/** The flags of a run over tenants. @throws MigError `bad-flag` */
export function poolOptions({ flags }: Pick<Command, 'flags'>, env: Environment): PoolOptions {
  const count = (name: string) => {
    const value = flags[name]
    if (value === undefined) return undefined
    if (typeof value === 'string' && /^[1-9]\d*$/.test(value)) return Number(value)
    throw new MigError('bad-flag', `--${name} takes a count from 1, not ${JSON.stringify(value)}`, {
      help: `write --${name} 4`,
      exitCode: exitCodes.usage,
    })
  }
  const [jobs, canary, maxFailures] = [count('jobs'), count('canary'), count('max-failures')]
  return {
    ...(jobs === undefined ? {} : { jobs }),
    ...(canary === undefined ? {} : { canary }),
    ...(maxFailures === undefined ? {} : { maxFailures }),
    goOn: flags.continue === true || env.goOn,
    share: flags.share === true,
  }
}
