import {
  databaseUrl,
  type Environment,
  exitCodes,
  failureGroups,
  filteredLines,
  MigError,
  type MigEvent,
  openProject,
  type PoolOptions,
  type Project,
  planRun,
  planTenants,
  runTenants,
  type Session,
  type SessionOptions,
  type TenantPlan,
  type TenantRunResult,
  type TenantStanding,
  targetTenants,
  tenantPlanEvent,
  tenantRunError,
  usingSession,
  withTenantLossCounts,
} from '../../migrations/core/index.ts'
import {
  countOf,
  durationText,
  failureSummary,
  type Style,
  tenantBars,
  tenantPlanText,
} from '../../migrations/core/report/index.ts'
import { type Command, commandEnvironment, sayWhere, usingProject } from './command.ts'
import { confirmLosses } from './losses.ts'
import { planRequest } from './runs.ts'

/** What single lines are done with; the environment's filter holds these alone. */
type OnSingleLines = (session: Session, project: Project) => Promise<unknown>
/** As `OnSingleLines`; `besideTenants` when tenant lines of the filter are done with before or after. */
type OnSinglesOfRun = (session: Session, project: Project, besideTenants: boolean) => Promise<unknown>
/** What is done with one tenant line. */
type OnTenantLine = (project: Project, line: string) => Promise<unknown>

/**
 * Runs a recipe on the lines of its filter: single lines together, each tenant line by itself. On the way up single
 * lines go first, since tenants may need them.
 */
export async function onLines(
  command: Command,
  direction: 'upgrade' | 'downgrade',
  single: OnSinglesOfRun,
  tenant: OnTenantLine,
): Promise<unknown> {
  const env = await narrowed(command, await commandEnvironment(command), direction)
  const lines = filteredLines(env)
  if (lines.tenant.length === 0) {
    refuseTargets(env)
    return usingProject(command, (session, project) => single(session, project, false), env)
  }
  const project = openProject(env)
  const onSingle = async () => {
    if (lines.single.length === 0) return
    const alone = { ...env, filter: lines.single }
    return usingProject(command, (session, opened) => single(session, opened, true), alone)
  }
  if (direction === 'upgrade') await onSingle()
  else if (lines.single.length > 0) await expectSinglePlan(command, { ...env, filter: lines.single })
  await sayWhereTenants(command, env)
  for (const line of lines.tenant) await tenant(project, line)
  if (direction === 'downgrade') await onSingle()
}

/**
 * Plans the downgrade of the single lines, which tenants precede: what it refuses is refused before a tenant goes.
 * @throws MigError as `planRun` does
 */
async function expectSinglePlan(command: Command, env: Environment): Promise<void> {
  const request = { ...planRequest('downgrade', command), tenantsGo: true }
  await usingSession(env, { signal: command.signal }, (session) =>
    planRun(session, openProject(env), request),
  )
}

/** As `onLines`, for recipes whose target means the same for every kind of line, or that have none. */
export async function onEachLine(
  command: Command,
  single: OnSingleLines,
  tenant: OnTenantLine,
): Promise<readonly unknown[]> {
  const env = await commandEnvironment(command)
  const lines = filteredLines(env)
  if (lines.tenant.length === 0) {
    refuseTargets(env)
    return [await usingProject(command, single, env)]
  }
  const project = openProject(env)
  const results: unknown[] = []
  if (lines.single.length > 0)
    results.push(await usingProject(command, single, { ...env, filter: lines.single }))
  await sayWhereTenants(command, env)
  for (const line of lines.tenant) results.push(await tenant(project, line))
  return results
}

/**
 * The first line of what is done with tenants: the database, unless they all live in others and none is configured.
 */
export async function sayWhereTenants(command: Command, env: Environment): Promise<void> {
  const { tenant } = filteredLines(env)
  const elsewhere = env.lines.every(
    ({ key, tenants }) =>
      !tenant.includes(key) || tenants?.list !== undefined || tenants?.function !== undefined,
  )
  if (env.databaseUrl === null && elsewhere) return
  sayWhere(command, { ...env, filter: tenant }, await databaseUrl(env, command.output.event))
}

/** Single lines and tenant lines together take only targets that mean the same for both; a revision names its line. */
async function narrowed(
  { positionals }: Command,
  env: Environment,
  direction: 'upgrade' | 'downgrade',
): Promise<Environment> {
  const { single, tenant } = filteredLines(env)
  const target = positionals.target ?? ''
  const forAll = direction === 'upgrade' ? /^heads?$/ : /^base$/
  if (single.length === 0 || tenant.length === 0 || forAll.test(target)) return env
  if (!/^[-+]\d+$/.test(target)) {
    const { graph, files } = openProject(env)
    const ids = graph.resolveAll(target, { lines: env.filter })
    const lines = new Set(ids.flatMap((id) => files.get(id)?.line ?? []))
    if (lines.size > 0) return { ...env, filter: [...lines] }
  }
  throw new MigError('mixed-lines', `the target ${target} is not for single lines and tenant lines at once`, {
    help: `name the lines: just mig-${direction} ${target} ${single.join(',')}, or just mig-${direction} ${target} ${tenant[0]} --tenants …`,
  })
}

/** Naming tenants where the filter has no tenant line is a mistake. @throws MigError `no-tenant-line` */
export function refuseTargets(env: Environment): void {
  const { selection, shards } = env.targets
  if (selection === null && shards === null) return
  const keys = env.lines.flatMap(({ key, tenants }) => (tenants === null ? [] : [key]))
  throw new MigError('no-tenant-line', 'tenants are named, and the schema filter has no tenant line', {
    help:
      keys.length === 0
        ? "env.ts has no tenant line; make one with schemas: { tenant: { tenants: { like: 'tenant_%' } } }"
        : `put the line into the filter: ${keys.join(', ')}`,
  })
}

/** Sessions that tell of their steps only where that was asked for: there are thousands. */
export function tenantSessions({ output, signal }: Command): SessionOptions {
  const steps: readonly MigEvent['event'][] = ['step-start', 'step-done', 'statement', 'schema-created']
  const chatty = output.level === 'verbose' || output.level === 'debug'
  return {
    signal,
    emit: (event) => {
      if (chatty || !steps.includes(event.event)) output.event(event)
    },
  }
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
    const text = `nothing to do: ${countOf(targets.tenants.length, 'tenant')} of ${line} at ${request.target}`
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

/**
 * The one tenant line that a recipe about tenants is for.
 * @throws MigError `no-tenant-line`, `one-tenant-line`
 */
export function oneTenantLine(env: Environment): string {
  const { tenant } = filteredLines(env)
  const [line, ...more] = tenant
  if (line === undefined) {
    throw new MigError('no-tenant-line', 'the schema filter has no tenant line', {
      help: "a tenant line is schemas: { tenant: { tenants: { like: 'tenant_%' } } } in env.ts",
    })
  }
  if (more.length === 0) return line
  throw new MigError('one-tenant-line', `there are several tenant lines: ${tenant.join(', ')}`, {
    help: `name one of them as the schema key, as in ${line}`,
  })
}

/** A tenant's state in words. */
export function tenantStateText({ state, behind }: Pick<TenantStanding, 'state' | 'behind'>): string {
  if (state === 'absent') return 'no such schema'
  if (state === 'emptied') return 'empty schema'
  if (state === 'disagrees') return 'log disagrees'
  if (state === 'unreachable') return 'does not answer'
  if (state === 'missing') return 'no file has it'
  return behind === 0 ? 'head' : `${behind} behind`
}

/** What is wrong with the rows of some schemas, each with what to type; of many that have the same, the first few. */
export function troubleTexts(standings: readonly Pick<TenantStanding, 'trouble'>[]): readonly string[] {
  const texts = standings.flatMap(({ trouble }) =>
    trouble === null ? [] : [`${trouble.what}\n  → ${trouble.help}`],
  )
  const shown = [...new Set(texts)]
  return shown.length <= troublesShown
    ? shown
    : [...shown.slice(0, troublesShown), `and ${shown.length - troublesShown} more: just mig-status`]
}

const troublesShown = 10

/** How tenants spread over revisions, as bars. */
export function standingBars(standings: readonly TenantStanding[], style: Style): string {
  const groups = new Map<string, number>()
  for (const standing of standings) {
    const at = standing.state === 'unreachable' ? 'unknown' : standing.revisions.join(', ') || 'base'
    const label = `${at} (${tenantStateText(standing)})`
    groups.set(label, (groups.get(label) ?? 0) + 1)
  }
  return tenantBars(
    [...groups].map(([label, tenants]) => ({ label, tenants })),
    style,
  )
}
