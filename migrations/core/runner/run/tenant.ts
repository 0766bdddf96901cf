import type { TargetSchema } from '../../environment/index.ts'
import { readProgress, readRecords } from '../../ledger/index.ts'
import { isConnectionLost } from '../../postgres/index.ts'
import { tenantProject } from '../plan/tenant-project.ts'
import { ownSteps, type TenantPlanner, type TenantWork } from '../plan/tenants.ts'
import type { Project } from '../project.ts'
import { holdingLock } from '../session/locks.ts'
import type { Session } from '../session/session.ts'
import { type FoundNow, takePlanned } from './apply.ts'
import { isGone } from './gone.ts'
import type { RevisionSource } from './revision-source.ts'

/** What the tenants of a run share. */
export interface TenantRun {
  readonly project: Project
  readonly planner: TenantPlanner
  readonly revisions: RevisionSource
  /** Leave a tenant that somebody else works on for later. */
  readonly share: boolean
}

/**
 * What became of a tenant: how many steps were taken, that another runner has it, that the connection broke before
 * anything was begun, or that it was dropped meanwhile.
 */
export type TenantOutcome = { readonly steps: number } | 'busy' | 'lost' | 'gone'

/**
 * Takes the steps of one tenant: lock, plan again from what the ledger says now, run, unlock. The lock is held for
 * this tenant alone, so that thousands of tenants need no more locks than connections.
 * @throws MigError as `applyPlan` does.
 */
export async function applyTenant(
  { project: all, planner, revisions, share: isShared }: TenantRun,
  session: Session,
  { tenant, state }: TenantWork,
): Promise<TenantOutcome> {
  const project = tenantProject(all, tenant)
  const { direction, resumeEdited = false } = planner.request
  let begun = false
  const run = {
    ...{ session, project, direction, revisions, resumeEdited, isShared },
    targetSchemas: [tenant.schema],
    begins() {
      begun = true
    },
  }
  try {
    const taken = await holdingLock(session, project.env, tenant.schema, isShared, () =>
      takePlanned(run, ownSteps(planner, { tenant, state }), () => lookAgain(session, all, planner, tenant)),
    )
    return taken === 'busy' ? taken : { steps: taken.length }
  } catch (error) {
    const isLost = isConnectionLost(error)
    // Nothing has been done to the tenant yet, so it is the connection's loss alone.
    if (isLost && !begun) return 'lost'
    if (!isLost && !session.signal?.aborted && (await isGone(all, session, tenant))) return 'gone'
    throw error
  }
}

/** One round trip, and another only where something is half done, the history is forked or the log does not fit. */
async function lookAgain(
  { client }: Session,
  { env }: Project,
  planner: TenantPlanner,
  tenant: TargetSchema,
): Promise<FoundNow> {
  const { ledgerSchema } = env
  const schemas = await readRecords(client, ledgerSchema, [tenant.schema])
  const states = await planner.statesOf(client, [tenant], schemas)
  const isHalfDone = schemas.get(tenant.schema)?.halfDone === true
  return {
    steps: ownSteps(planner, { tenant, state: states.get(tenant) ?? { applied: null, recent: [] } }),
    schemas,
    halfDone: isHalfDone ? await readProgress(client, ledgerSchema, [tenant.schema]) : [],
  }
}
