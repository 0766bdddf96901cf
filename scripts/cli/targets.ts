import { relative } from 'node:path'
import {
  appliedRows,
  databaseUrl,
  type Environment,
  editedFiles,
  exitCodes,
  expectGroups,
  expectTenants,
  failureGroups,
  groupsOfRun,
  type LineGroup,
  lineGroups,
  listsThemselves,
  MigError,
  type MigEvent,
  openProject,
  type PlanRequest,
  type PlanStep,
  type PoolOptions,
  type PoolResult,
  type Project,
  planEvent,
  planTargets,
  runTargets,
  type Session,
  type SessionOptions,
  type TargetPlan,
  type TargetSchema,
  targetSchemas,
  tenantRunError,
  withBatches,
} from '../../migrations/core/index.ts'
import { countOf, nothingToDoText, resultText } from '../../migrations/core/report/index.ts'
import type { fanOutFlags, runFlags } from './arguments.ts'
import { type Command, type CommandWith, commandEnvironment, sayWhere, usingProject } from './command.ts'

/** Lines that are treated together, as a recipe's body gets them. */
export interface OnGroup extends LineGroup {
  readonly project: Project
  readonly sessions: SessionOptions
}

/** Runs a recipe's body on each group of lines; of single lines on one open connection. */
export async function onGroups<Result>(
  command: Command,
  project: Project,
  groups: readonly LineGroup[],
  body: (group: OnGroup) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = []
  let isTold = false
  for (const group of groups) {
    const own = { ...project, env: { ...project.env, filter: group.lines } }
    const withSessions = (sessions: SessionOptions) => body({ ...group, project: own, sessions })
    if (group.tenantLine !== null) {
      if (!isTold) await sayWhereTenants(command, project, groups)
      isTold = true
      results.push(await withSessions(tenantSessions(command)))
    } else {
      const { output, signal } = command
      const onSession = (open: Session) => withSessions({ emit: output.event, signal, open })
      results.push(await usingProject(command, onSession, own))
    }
  }
  return results
}

/** As {@link onGroups}, with the target schemas; of a tenant line all, unless some are named. */
export async function onTargets<Result>(
  command: Command,
  body: (group: OnGroup, targets: readonly TargetSchema[]) => Promise<Result>,
): Promise<readonly Result[]> {
  const project = openProject(await commandEnvironment(command))
  const groups = lineGroups(project.env)
  await expectTenants(project.env, groups, { signal: command.signal }, { whenNone: 'all' })
  return onGroups(command, project, groups, async (group) =>
    body(group, await targetSchemas(group.project.env, group, group.sessions, 'all')),
  )
}

/** The first line of what is done with tenants: the database, unless they all live in others and none is configured. */
export async function sayWhereTenants(
  command: Command,
  { env }: Pick<Project, 'env'>,
  groups: readonly LineGroup[] = lineGroups(env),
): Promise<void> {
  const keys = groups.flatMap(({ tenantLine }) => tenantLine ?? [])
  const elsewhere = env.lines.every((line) => !keys.includes(line.key) || listsThemselves(line))
  if (env.databaseUrl === null && elsewhere) return
  sayWhere(command, { ...env, filter: keys }, await databaseUrl(env, command.output.event))
}

/** Sessions that tell of their steps only where that was asked for: there are thousands. */
export function tenantSessions({ output, signal }: Command): SessionOptions {
  const steps: readonly MigEvent['event'][] = ['step-start', 'step-done', 'statement']
  const chatty = output.level === 'verbose' || output.level === 'debug'
  return {
    signal,
    emit: (event) => {
      if (chatty || !steps.includes(event.event)) output.event(event)
    },
  }
}

type RunCommand = CommandWith<typeof runFlags & typeof fanOutFlags>

/** What is asked before a plan is run. @throws MigError `not-confirmed` */
type Ask = (plan: TargetPlan) => Promise<void>

/** Plans and runs an upgrade or downgrade on the lines that its target is for, in their order. */
export async function runOnLines(
  command: RunCommand,
  asked: Pick<PlanRequest, 'direction' | 'target'>,
  ask: Ask = async () => undefined,
): Promise<void> {
  const { flags, signal } = command
  const request: PlanRequest = {
    ...asked,
    allowMissing: flags['allow-missing'] === true,
    resumeEdited: flags['resume-edited'] === true,
  }
  const project = openProject(await commandEnvironment(command))
  const options = poolOptions(command, project.env)
  const groups = groupsOfRun(project, request)
  const tenants = await expectGroups(project, groups, request, { signal })
  // Tenants go down before; with --plan they only would.
  const tenantsGo = flags.plan === true ? tenants : []
  await onGroups(command, project, groups, (group) =>
    runOnGroup(command, group, { ...request, tenantsGo }, options, ask),
  )
}

async function runOnGroup(
  command: RunCommand,
  group: OnGroup,
  request: PlanRequest,
  options: PoolOptions,
  ask: Ask,
): Promise<void> {
  const { project, sessions } = group
  const targets = await targetSchemas(project.env, group, sessions)
  const planned = await planTargets(project, group, targets, request, sessions)
  const plan = await withBatches(project, planned, sessions)
  if (plan.work.length + plan.refused.length === 0) return showNothingToDo(command, project, plan)
  command.output.event(planEvent(plan))
  if (request.direction === 'downgrade') await warnOfEdited(command, group, plan)
  if (command.flags.plan) return showRefused(command, plan)
  await ask(plan)
  const result = await runTargets(project, plan, options, sessions)
  showResult(command, plan, result)
  const error = tenantRunError(result, options)
  if (error !== undefined) throw error
}

/** A run that moves nothing says where the lines stand. */
function showNothingToDo({ output }: Command, { env }: Project, plan: TargetPlan): void {
  const { direction, target } = plan.request
  if (plan.tenantLine !== null) {
    const text = `nothing to do: ${countOf(plan.targets.length, 'tenant')} of ${plan.tenantLine} at ${target}`
    output.result(text, planEvent(plan), { event: 'done', direction, steps: 0, ms: 0 })
    return
  }
  const applied = appliedRows(plan)
  const lines = env.filter.map((line) => {
    const targetSchema = env.schemas[line] ?? line
    return { line, targetSchema, revisions: applied.get(targetSchema) ?? [] }
  })
  output.result(nothingToDoText(lines), { event: 'done', steps: 0, ms: 0, lines })
}

/** A downgrade of another text than what was applied may not be its opposite. */
async function warnOfEdited({ output }: Command, { project, sessions }: OnGroup, plan: TargetPlan) {
  const applied = appliedRows(plan)
  const goes = new Set(plan.work.flatMap(({ state }) => state.states.map(({ targetSchema }) => targetSchema)))
  const targets = plan.targets.filter(({ schema }) => goes.has(schema))
  const now = targets.map((target) => ({ target, revisions: applied.get(target.schema) ?? [] }))
  const reverted = new Set(stepsOf(plan).map(({ file }) => file))
  for (const { revision, path, line } of await editedFiles(project, now, sessions, reverted)) {
    output.event({
      event: 'warning',
      code: 'edited-since',
      message: `the file of ${revision} of line ${line} was edited since it was applied: ${relative(process.cwd(), path)}`,
      help: 'see that its downgrade still reverts what was applied',
    })
  }
}

/** The steps of a plan; of tenants, those of each that stands differently. */
export function stepsOf({ alike }: TargetPlan): readonly PlanStep[] {
  return alike.flatMap(({ steps }) => steps)
}

/** Why some tenants have no plan; a run would fail with them. */
function showRefused({ output }: Command, { refused }: TargetPlan): void {
  for (const { code, message, tenants, first } of failureGroups(refused)) {
    const names = tenants.slice(0, 10).join(', ') + (tenants.length > 10 ? ' …' : '')
    output.event({ event: 'warning', code, message: `no plan for ${names}: ${message}`, help: first.help })
  }
}

function showResult(
  { output }: Command,
  { tenantLine: line, request }: TargetPlan,
  result: PoolResult,
): void {
  const { direction } = request
  const { steps, ms, done, left, failures } = result
  const groups = failureGroups(failures).map(({ code, message, tenants }) => ({ code, message, tenants }))
  output.detail(resultText(result, { line, direction, groups }, output.style), {
    ...{ event: 'done', direction, steps, ms },
    ...(line === null ? {} : { tenants: { line, done, failed: failures.length, left, groups } }),
  })
}

/** The flags of a run over tenants. @throws MigError `bad-flag` */
export function poolOptions(
  { flags }: Pick<CommandWith<typeof fanOutFlags>, 'flags'>,
  env: Environment,
): PoolOptions {
  const count = (name: 'jobs' | 'canary' | 'max-failures') => {
    const value = flags[name]
    if (value === undefined) return undefined
    if (/^[1-9]\d*$/.test(value)) return Number(value)
    throw new MigError('bad-flag', `--${name} takes a count of 1 or more, not ${JSON.stringify(value)}`, {
      help: `write --${name} 4`,
      exitCode: exitCodes.usage,
    })
  }
  return {
    jobs: count('jobs'),
    canary: count('canary'),
    maxFailures: count('max-failures'),
    goOn: flags.continue === true || env.goOn,
    share: flags.share === true,
  }
}
