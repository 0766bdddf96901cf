import type { ClientBase } from 'pg'
import type { TargetSchema } from '../../environment/index.ts'
import { isConnectionLost } from '../../postgres/index.ts'
import type { PlanStep } from '../plan/plan.ts'
import { planRun } from '../plan/planner.ts'
import type { TargetPlan, Work } from '../plan/targets.ts'
import { makesSchemas } from '../plan/tenant-project.ts'
import type { Project } from '../project.ts'
import { type Session, type SessionOptions, usingSession } from '../session/session.ts'
import { allTenants } from '../targets/targets.ts'
import { applyPlan, applyUnit, readyToRun, type UnitRun } from './apply.ts'
import {
  type Outcome,
  type PoolOptions,
  type PoolResult,
  runPool,
  singleResult,
  type TargetJob,
} from './pool.ts'
import { revisionSource } from './revision-body.ts'

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
    await readyToRun(session, project)
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
