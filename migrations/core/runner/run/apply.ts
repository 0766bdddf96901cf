import type { ClientBase } from 'pg'
import type { TargetSchema } from '../../environment/index.ts'
import type { StepFacts } from '../../events.ts'
import { isConnectionLost } from '../../postgres/index.ts'
import { type Plan, type PlanRequest, type PlanStep, stepFacts } from '../plan/plan.ts'
import { asOne, type Planner, planRun, projectOf, singlePlanner, type Unit } from '../plan/planner.ts'
import type { TargetPlan, Work } from '../plan/target-plan.ts'
import { makesSchemas } from '../plan/tenant-project.ts'
import type { Project } from '../project.ts'
import { holdingGuarded, holdingIfFree, readyToRun } from '../session/locks.ts'
import { type Session, type SessionOptions, usingSession } from '../session/session.ts'
import { allTenants, singleTargets } from '../targets/target-schemas.ts'
import { expectAsPlanned } from './expect.ts'
import type { Outcome, TargetJob } from './job-queue.ts'
import { type PoolOptions, type PoolResult, runPool, singleResult } from './pool.ts'
import { type RevisionSource, revisionSource } from './revision-body.ts'
import { takeSteps } from './take-steps.ts'

/**
 * Runs a plan: first what single lines need, then each tenant or line, several at a time. A tenant's failure is in the
 * result; that of a single line is thrown.
 * @throws MigError as `applyPlan` does for single lines; `interrupted`.
 */
export async function runTargets(
  project: Project,
  plan: TargetPlan,
  options: PoolOptions,
  sessions: SessionOptions,
): Promise<PoolResult> {
  const { planner, refused, work, targets, tenantLine } = plan
  await applyNeeded(project, plan.needed, sessions)
  const revisions = plan.revisions ?? revisionSource(project.env.cacheDir)
  if (tenantLine === null) return runSingle(project, { planner, isShared: false, revisions }, work, sessions)
  const run: UnitRun = { planner, isShared: options.share === true, revisions }
  const refusals = refused.map(
    ({ target, error }): TargetJob => ({
      target,
      async run(session) {
        if (error.code === 'no-schema' && (await isGone(project, session, target))) return 'gone'
        throw error
      },
    }),
  )
  const jobs = work.map(
    (each): TargetJob => ({ target: each.unit, run: (session) => runTenant(project, run, session, each) }),
  )
  const place = new Map(targets.map((target, at) => [target, at]))
  const inOrder = [...refusals, ...jobs].sort(
    (a, b) => (place.get(a.target) ?? 0) - (place.get(b.target) ?? 0),
  )
  return runPool(project, inOrder, options, sessions)
}

/** The single lines together are one unit. */
async function runSingle(
  project: Project,
  run: UnitRun,
  [work]: readonly Work[],
  sessions: SessionOptions,
): Promise<PoolResult> {
  const started = performance.now()
  if (work === undefined) return singleResult(0, 0, started)
  const { unit, state } = work
  const taken = await usingSession(project.env, sessions, async (session) => {
    await readyToRun(session, project.env)
    return applyUnit(run, session, unit, run.planner.stepsOf(unit, state))
  })
  return singleResult(1, taken.length, started)
}

/** Takes the steps of a tenant; tells its failure from that of its connection, and from a tenant that is gone. */
async function runTenant(
  project: Project,
  run: UnitRun,
  session: Session,
  { unit, state }: Work,
): Promise<Outcome> {
  let begun = false
  const begins = () => {
    begun = true
  }
  try {
    const taken = await applyUnit(run, session, unit, run.planner.stepsOf(unit, state), begins)
    return taken === 'busy' ? taken : { steps: taken.length }
  } catch (error) {
    const isLost = isConnectionLost(error)
    // Nothing has been done to it yet, so it is the connection's loss alone.
    if (isLost && !begun) return 'lost'
    if (!isLost && !session.signal?.aborted && (await isGone(project, session, unit))) return 'gone'
    throw error
  }
}

/** What the units of a run share. */
interface UnitRun {
  readonly planner: Planner
  readonly revisions: RevisionSource
  /** Whether other runners may have done it all meanwhile; a unit that somebody works on is left for later. */
  readonly isShared: boolean
}

/**
 * Takes the steps of one unit: locks its target schemas, looks what is to be done now, holds that against what was
 * planned, and runs it. The locks are held for this unit alone, so that thousands of tenants need no more of them than
 * connections.
 * @param begins called before the first step
 * @returns the steps taken; `busy` when another runner has it and the work is shared
 * @throws MigError as `applyPlan` does
 */
async function applyUnit(
  { planner, revisions, isShared }: UnitRun,
  session: Session,
  unit: Unit,
  planned: readonly PlanStep[],
  begins?: () => void,
): Promise<readonly StepFacts[] | 'busy'> {
  const project = projectOf(planner.project, unit)
  const { direction, resumeEdited = false } = planner.request
  const targetSchemas = [...new Set(planned.map(({ targetSchema }) => targetSchema))].sort()
  const holding = isShared ? holdingIfFree : holdingGuarded
  return holding<readonly StepFacts[]>(session, project.env, targetSchemas, async () => {
    const found = await planner.lookAgain(session, unit)
    const missing = expectAsPlanned(project, { direction, steps: planned }, found, isShared)
    begins?.()
    const { steps, halfDone } = found
    const context = { session, project, revisions, resumeEdited, targetSchemas, total: steps.length }
    await takeSteps({ ...context, missing, halfDone }, steps)
    return steps.map(stepFacts)
  })
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

/** The result of a run. */
export interface RunResult {
  readonly direction: 'upgrade' | 'downgrade'
  /** The steps taken; fewer than planned when somebody else took some meanwhile. */
  readonly steps: readonly StepFacts[]
  readonly ms: number
}

/**
 * Runs a plan for single lines: locks its target schemas, plans again under the lock, and runs each revision in a
 * transaction with its ledger rows.
 * @throws MigError `plan-changed` if the database changed in between (an upgrade continues with what is left),
 *   `lock-not-obtained`, and `database-error` and others from a step, whose transaction is rolled back.
 */
export async function applyPlan(
  session: Session,
  project: Project,
  plan: Plan,
  request: PlanRequest,
): Promise<RunResult> {
  const started = performance.now()
  const { direction, steps } = plan
  const [unit] = asOne(singleTargets(project.env))
  if (steps.length === 0 || unit === undefined) return { direction, steps: [], ms: 0 }
  await readyToRun(session, project.env)
  const planner = singlePlanner(project, request)
  const run = { planner, revisions: revisionSource(project.env.cacheDir), isShared: false }
  const taken = await applyUnit(run, session, unit, steps)
  return { direction, steps: taken === 'busy' ? [] : taken, ms: performance.now() - started }
}

/**
 * Whether a tenant was dropped after the run had listed it: its schema is not there, and the source, asked again,
 * no longer lists it. One that the run would make is never gone.
 */
async function isGone(
  project: Project,
  { client, signal }: Pick<Session, 'client' | 'signal'>,
  tenant: TargetSchema,
): Promise<boolean> {
  if (makesSchemas(project.env, tenant.line)) return false
  if (await isSchema(client, tenant.schema)) return false
  const listed = await allTenants(project.env, tenant.line, signal === undefined ? {} : { signal })
  return !listed.some(
    ({ schema, databaseUrl }) => schema === tenant.schema && databaseUrl === tenant.databaseUrl,
  )
}

/** Whether there is a schema of a name. */
export async function isSchema(client: ClientBase, name: string): Promise<boolean> {
  const { rows } = await client.query<{ exists: boolean }>(
    'SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname::text = $1) AS exists',
    [name],
  )
  return rows[0]?.exists === true
}
