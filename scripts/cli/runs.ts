import { relative } from 'node:path'
import {
  appliedRows,
  editedFiles,
  expectGroups,
  failureGroups,
  groupsOfRun,
  openProject,
  type PlanRequest,
  type PlanStep,
  type PoolOptions,
  type PoolResult,
  type Project,
  planTargets,
  runTargets,
  stepFacts,
  type TargetPlan,
  targetSchemas,
  tenantPlanEvent,
  tenantRunError,
  withBatches,
} from '../../migrations/core/index.ts'
import {
  countOf,
  nothingToDoText,
  planText,
  resultText,
  tenantPlanText,
  tenantsResultText,
} from '../../migrations/core/report/index.ts'
import type { fanOutFlags, runFlags } from './arguments.ts'
import { type Command, type CommandWith, commandEnvironment } from './command.ts'
import { poolOptions } from './pool-options.ts'
import { type OnGroup, onGroups } from './targets.ts'

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
  showPlan(command, plan)
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
    output.result(text, tenantPlanEvent(plan), { event: 'done', direction, steps: 0, ms: 0 })
    return
  }
  const applied = appliedRows(plan)
  const lines = env.filter.map((line) => {
    const targetSchema = env.schemas[line] ?? line
    return { line, targetSchema, revisions: applied.get(targetSchema) ?? [] }
  })
  output.result(nothingToDoText(lines), { event: 'done', steps: 0, ms: 0, lines })
}

function showPlan({ output }: Command, plan: TargetPlan): void {
  const { style, level } = output
  const isQuiet = level === 'quiet'
  if (plan.tenantLine !== null) {
    const shown = tenantPlanEvent(plan)
    output.result(isQuiet ? '' : tenantPlanText(shown, style), shown)
  } else {
    const steps = stepsOf(plan).map(stepFacts)
    output.result(isQuiet ? '' : planText(steps, style), { event: 'plan', steps })
  }
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

function showResult({ output }: Command, plan: TargetPlan, result: PoolResult): void {
  const { style, level } = output
  const { steps, ms, done, gone, left, failures } = result
  const { tenantLine: line, request } = plan
  const { direction } = request
  const isQuiet = level === 'quiet'
  if (line === null) {
    output.result(isQuiet ? '' : resultText(result, direction, style), {
      event: 'done',
      direction,
      steps,
      ms,
    })
    return
  }
  const groups = failureGroups(failures).map(({ code, message, tenants }) => ({ code, message, tenants }))
  const totals = { done, failed: failures.length, left, groups }
  const text = isQuiet ? '' : tenantsResultText(line, { ...totals, gone, steps, ms }, style)
  output.result(text, { event: 'done', direction, steps, ms, tenants: { line, ...totals } })
}
