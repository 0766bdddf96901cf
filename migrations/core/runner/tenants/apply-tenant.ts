import { shellWord, type TargetSchema } from '../../environment/index.ts'
import {
  type Progress,
  readLastEntries,
  readProgress,
  readRecords,
  releaseLocks,
  takeLocks,
  tryLock,
} from '../../ledger/index.ts'
import { isConnectionLost } from '../../postgres/index.ts'
import { statesOf } from '../applied/state.ts'
import { checkHalfDone, checkStillPlanned } from '../apply.ts'
import { checkSchema } from '../check-schema.ts'
import type { Project } from '../project.ts'
import type { RevisionSource } from '../revision-source.ts'
import type { Session } from '../session.ts'
import { takeSteps } from '../take-steps.ts'
import { isGone } from './gone.ts'
import type { TenantPlanner, TenantState, TenantWork } from './plan.ts'
import { tenantProject } from './view.ts'

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
  run: TenantRun,
  session: Session,
  { tenant, state }: TenantWork,
): Promise<TenantOutcome> {
  const { planner, revisions } = run
  const project = tenantProject(run.project, tenant)
  const { ledgerSchema } = project.env
  const targetSchemas = [tenant.schema]
  const locked = await beforeAnything(() => lockTenant(run, session, tenant))
  if (locked === 'lost') return 'lost'
  if (!locked) return 'busy'
  let lost = false
  try {
    const now = await beforeAnything(() => readTenantState(session, run, tenant))
    if (now === 'lost') {
      lost = true
      return 'lost'
    }
    const { direction } = planner.request
    const planned = planner.stepsOf(tenant, state)
    const steps = planner.stepsOf(tenant, now.state).filter((step) => step.line === tenant.line)
    if (steps.length > 0) {
      const mayMake = direction === 'upgrade' && project.env.createSchema
      const { line, schema } = tenant
      const help = `make the tenant: just mig-tenant-create ${shellWord(schema)} ${line}, or -x create_schema=true; or take it out of what env.ts lists`
      checkSchema(tenant, { ...now, mayMake, help })
    }
    // Under --share somebody else may have done it all, and that is what it is for.
    if (!(run.share && steps.length === 0)) {
      checkStillPlanned({ direction, steps: planned }, { direction, steps })
    }
    checkHalfDone({ direction, steps }, now.halfDone, project.files)
    await takeSteps(
      {
        ...{ session, project, targetSchemas, revisions, total: steps.length },
        missing: new Set(now.exists ? [] : targetSchemas),
        halfDone: now.halfDone,
        resumeEdited: planner.request.resumeEdited ?? false,
      },
      steps,
    )
    return { steps: steps.length }
  } catch (error) {
    lost = isConnectionLost(error)
    if (!lost && !session.signal?.aborted && (await isGone(run.project, session, tenant))) return 'gone'
    throw error
  } finally {
    await session.own?.cancelled()
    if (!lost) await unlocked(session, ledgerSchema, targetSchemas)
  }
}

/** Nothing has been done to the tenant yet, so a connection that breaks here is the connection's loss alone. */
async function beforeAnything<Result>(asked: () => Promise<Result>): Promise<Result | 'lost'> {
  try {
    return await asked()
  } catch (error) {
    if (isConnectionLost(error)) return 'lost'
    throw error
  }
}

/** A session that breaks here has given its locks back, and what was done is committed. */
async function unlocked({ client }: Session, ledgerSchema: string, targetSchemas: readonly string[]) {
  try {
    await releaseLocks(client, ledgerSchema, targetSchemas)
  } catch (error) {
    if (!isConnectionLost(error)) throw error
  }
}

async function lockTenant(
  { project, share }: TenantRun,
  session: Session,
  tenant: TargetSchema,
): Promise<boolean> {
  const { ledgerSchema, lockWait } = project.env
  const { client, emit, signal } = session
  if (share) return tryLock(client, ledgerSchema, tenant.schema)
  await takeLocks(client, { ledgerSchema, targetSchemas: [tenant.schema], wait: lockWait, emit, signal })
  return true
}

interface TenantNow {
  readonly state: TenantState
  readonly exists: boolean
  /** Whether the role may use the schema. */
  readonly usable: boolean
  readonly halfDone: readonly Progress[]
}

/** One round trip, and another only where something is half done, the history is forked or the log does not fit. */
async function readTenantState(
  { client }: Session,
  { project, planner }: TenantRun,
  { line, schema }: TargetSchema,
): Promise<TenantNow> {
  const { ledgerSchema } = project.env
  const records = await readRecords(client, ledgerSchema, [schema])
  const states = await statesOf(client, project, [{ line, schema }], records)
  const applied = states.get(schema) ?? null
  const record = records.get(schema)
  const entries = planner.needsLog ? await readLastEntries(client, ledgerSchema, [schema]) : []
  const recent = entries.flatMap(({ revision, direction }) => (direction === 'downgrade' ? [] : [revision]))
  return {
    state: { rows: applied?.rows ?? [], recent, applied },
    exists: record?.exists ?? false,
    usable: record?.usable ?? false,
    halfDone: record?.halfDone ? await readProgress(client, ledgerSchema, [schema]) : [],
  }
}
