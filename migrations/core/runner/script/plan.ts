import type { TargetSchema } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import type { AppliedRows } from '../../ledger/index.ts'
import { makePlan, type Plan, type PlanRequest, type PlanStep } from '../plan/plan.ts'
import { appliedRows, planTargets } from '../plan/target-plan.ts'
import { tenantProject } from '../plan/tenant-project.ts'
import type { Project } from '../project.ts'
import type { SessionOptions } from '../session/session.ts'
import { byDatabase } from '../targets/databases.ts'
import { type LineGroup, lineGroups, tenantLine } from '../targets/line-groups.ts'
import { listsThemselves, targetSchemas } from '../targets/target-schemas.ts'

/**
 * The plan of an upgrade or downgrade as one list of steps, for `offlineScript`: each tenant's steps together, after a
 * guard of their own, with search_path set to it.
 * @throws MigError as `planTargets` does; `several-databases` when the tenants live in more than one;
 *   the refusal of a tenant for which no plan can be made.
 */
export async function scriptPlan(
  project: Project,
  group: LineGroup,
  request: PlanRequest,
  sessions: SessionOptions,
): Promise<Plan> {
  const targets = await targetSchemas(project.env, group, sessions)
  checkOneDatabase(targets)
  const plan = await planTargets(project, group, targets, request, sessions)
  const { planner, work, alike, refused, needed } = plan
  const [first] = refused
  if (first !== undefined) throw first.error
  if (needed.length > 0) throw neededFirst(needed)
  // The rows of several that stand alike were counted together.
  const counted = new Map(
    alike.flatMap((each) => (each.work.length === 1 ? [[each.work[0].unit, each.steps]] : [])),
  )
  const steps = work.flatMap(({ unit, state }) => counted.get(unit) ?? planner.stepsOf(unit, state))
  return { direction: request.direction, target: request.target, steps, applied: appliedRows(plan) }
}

/**
 * The plan of a range `a:b`, from files alone: an upgrade when `b` stands above `a`, a downgrade when it stands
 * below; `base` and an empty side count, as in Alembic's `--sql a:b`.
 * @throws MigError `bad-range`, and as the graph does for names that it does not know.
 */
export function planRange(project: Project, range: string): Plan {
  const [from = '', to = '', ...more] = range.split(':').map((side) => side.trim())
  if (more.length > 0)
    throw new MigError('bad-range', `${JSON.stringify(range)} is not a range`, {
      help: 'write a:b, as in base:head',
    })
  const start = from === '' || from === 'base' ? new Map<string, readonly string[]>() : rowsAt(project, from)
  const target = to === '' ? 'head' : to
  const direction = target === 'base' || standsBelow(project, target, start) ? 'downgrade' : 'upgrade'
  return makePlan(project, { applied: start, entries: [] }, { direction, target })
}

/** The ledger's rows that a stamp of `target` on empty schemas would leave. */
function rowsAt(project: Project, target: string): AppliedRows {
  const { env, files, graph } = project
  const ids = graph.stampedRows({ applied: [], target, lines: env.filter })
  const rows = new Map<string, string[]>()
  for (const id of ids) {
    const schema = env.schemas[files.get(id)?.line ?? '']
    if (schema !== undefined) rows.set(schema, [...(rows.get(schema) ?? []), id].sort())
  }
  return rows
}

function standsBelow(project: Project, target: string, start: AppliedRows): boolean {
  if (/^(heads?|[+].*)$/.test(target)) return false
  if (/^-\d+$/.test(target)) return true
  const id = project.graph.resolve(target)
  const rows = [...start.values()].flat()
  return id !== null && !rows.includes(id) && project.graph.ancestors(rows).includes(id)
}

/**
 * The plan of a range `a:b`, from files alone for single lines and where the tenants are given by name: then no
 * database is asked, and whether they exist is for the script's own guard to find out.
 * @throws MigError as `planRange` and `targetSchemas` do; `several-databases`.
 */
async function rangePlan(
  project: Project,
  group: LineGroup,
  range: string,
  sessions: SessionOptions,
): Promise<Plan> {
  const { lines, tenantLine: line } = group
  if (line === null) return planRange({ ...project, env: { ...project.env, filter: lines } }, range)
  const tenants = givenByName(project, line) ?? (await targetSchemas(project.env, group, sessions))
  checkOneDatabase(tenants)
  const plans = tenants.map((tenant) => planRange(tenantProject(project, tenant), range))
  const applied = new Map(
    plans.flatMap((plan, at) => {
      const schema = tenants[at]?.schema ?? ''
      return [[schema, plan.applied.get(schema) ?? []] as const]
    }),
  )
  const own = plans.flatMap(({ steps }) => steps.filter((step) => step.line === line))
  return { direction: plans[0]?.direction ?? 'upgrade', target: range, steps: own, applied }
}

/**
 * The plans of a range for the lines of the filter; a range of revisions of one line is for that line alone.
 * @throws MigError `bad-range` for one with `current`, and as `rangePlan` does
 */
export async function rangePlans(
  project: Project,
  range: string,
  sessions: SessionOptions,
): Promise<readonly Plan[]> {
  refuseCurrent(range)
  const named = lineOfRange(project, range)
  const plans: Plan[] = []
  for (const group of lineGroups(project.env)) {
    if (named === undefined ? group.lines.length === 0 : !group.lines.includes(named)) continue
    plans.push(await rangePlan(project, group, range, sessions))
  }
  return plans
}

/** A range is planned from the files alone, where `current` would be taken for base. */
function refuseCurrent(range: string): void {
  const isCurrent = (side: string) => /^(.+@)?current\b/.test(side.trim())
  const sides = range.split(':')
  if (!sides.some(isCurrent)) return
  const other = sides.find((side) => side !== '' && !isCurrent(side)) ?? 'head'
  throw new MigError('bad-range', `${range}: a range uses the files alone, and current needs a database`, {
    help: `a single target starts from what is applied in the database: just mig-sql ${other}`,
  })
}

/** The line that a range of revisions is in, which leaves the others out; undefined for one by names as base:head. */
function lineOfRange({ files, graph }: Project, range: string): string | undefined {
  const names = range.split(':').map((side) => side.trim().replace(/[+-]\d+$/, ''))
  // What is not a range is refused where it is planned.
  if (names.length !== 2) return undefined
  const ids = names.flatMap((name) => (/^(heads?|base|current|)$/.test(name) ? [] : graph.resolveAll(name)))
  const lines = new Set(ids.map((id) => files.get(id)?.line))
  return lines.size === 1 ? [...lines][0] : undefined
}

/**
 * What is written for review: of a revision with one parent its own SQL, as a range; everything else, a merge included,
 * is what is pending up to there.
 */
export function reviewTarget({ files, graph }: Project, target: string): string {
  if (target.includes(':') || /^(.+@)?(heads?|base|current)?([+-]\d+)?$/.test(target)) return target
  const id = graph.resolve(target)
  const parents = [files.get(id ?? '')?.downRevision ?? []].flat()
  return id === null || parents.length > 1 ? target : `${parents[0] ?? 'base'}:${id}`
}

function givenByName({ env }: Project, line: string): readonly TargetSchema[] | undefined {
  const { selection, shards } = env.targets
  if (selection?.kind !== 'names' || shards !== null || listsThemselves(tenantLine(env, line)))
    return undefined
  if (selection.names.some((name) => /[*?]/.test(name))) return undefined
  return selection.names.map((schema) => ({ line, schema, databaseUrl: null, shard: null }))
}

function checkOneDatabase(tenants: readonly TargetSchema[]): void {
  if (byDatabase(tenants).size < 2) return
  const shards = [...new Set(tenants.map(({ shard }) => shard ?? 'the main database'))]
  throw new MigError('several-databases', `these tenants live in several databases: ${shards.join(', ')}`, {
    help: 'a script is for one database: choose it with --shard NAME',
    facts: { shards },
  })
}

function neededFirst(needed: readonly PlanStep[]): MigError {
  const [first] = needed
  const list = needed.map(({ line, revision }) => `${line} ${revision}`).join(', ')
  return new MigError('needs-other-lines', `the tenants need revisions of other lines first: ${list}`, {
    help: `write and run their script first: just mig-sql ${first?.revision} ${first?.line}`,
    facts: { needed: needed.map(({ line, revision }) => ({ line, revision })) },
  })
}
