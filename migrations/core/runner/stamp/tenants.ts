import type { TargetSchema } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import { readProgress } from '../../ledger/index.ts'
import { type AppliedState, readStates } from '../applied/state.ts'
import { tenantProject } from '../plan/tenant-project.ts'
import type { Project } from '../project.ts'
import type { Session, SessionOptions } from '../session/session.ts'
import { onEachDatabase } from '../targets/databases.ts'
import { singleTargets } from '../targets/targets.ts'
import { type StampPlan, type StampRequest, stampChanges } from './stamp.ts'

/** What is asked of a stamp on tenants. */
export type TenantStampRequest = Pick<StampRequest, 'target' | 'purge' | 'fromLog'>

/** What a stamp writes for a tenant in these states. @throws MigError as `stampChanges` does */
export type TenantStamp = (
  tenant: TargetSchema,
  states: ReadonlyMap<string, AppliedState>,
) => StampPlan['changes']

/** Plans a stamp once for all tenants that stand alike. */
export function tenantStamp(project: Project, line: string, request: TenantStampRequest): TenantStamp {
  const known = new Map<string, StampPlan['changes']>()
  const single = Object.values(project.env.schemas)
  return (tenant, states) => {
    const own = new Map(
      [...single, tenant.schema].flatMap((schema) => {
        const state = states.get(schema)
        return state === undefined ? [] : [[schema, state] as const]
      }),
    )
    const key = JSON.stringify([...own.values()].map((state) => ({ ...state, targetSchema: '' })))
    const asked = { ...request, lines: [line] }
    // An error names its tenant, so only what would be written is kept.
    const changes = known.get(key) ?? stampChanges(tenantProject(project, tenant), own, asked)
    known.set(key, changes)
    return changes.map((change) => ({ ...change, targetSchema: tenant.schema }))
  }
}

/** The tenants and the single lines, as the ledger of one database is asked about them. */
export function stampedTargets(project: Project, tenants: readonly TargetSchema[]): readonly TargetSchema[] {
  return [...singleTargets(project.env), ...tenants]
}

/** Which tenants a stamp has something to do for. */
export interface StampWork {
  readonly behind: ReadonlySet<TargetSchema>
  readonly refused: ReadonlyMap<TargetSchema, MigError>
  readonly changes: StampPlan['changes']
}

/**
 * Looks, by two queries per database, for what a stamp has to write or to forget; nothing is changed.
 * @throws MigError when the request fits no tenant
 */
export async function stampWork(
  project: Project,
  line: string,
  tenants: readonly TargetSchema[],
  request: TenantStampRequest,
  sessions: SessionOptions,
): Promise<StampWork> {
  const { ledgerSchema } = project.env
  const stampOf = tenantStamp(project, line, request)
  const behind = new Set<TargetSchema>()
  const refused = new Map<TargetSchema, MigError>()
  const changes: StampPlan['changes'][number][] = []
  const look = async ({ client }: Session, group: readonly TargetSchema[]) => {
    const schemas = group.map(({ schema }) => schema)
    const states = await readStates(client, project, stampedTargets(project, group))
    const progress = await readProgress(client, ledgerSchema, schemas)
    const halfDone = new Set(progress.map(({ targetSchema }) => targetSchema))
    for (const tenant of group) {
      try {
        const own = stampOf(tenant, states)
        changes.push(...own)
        if (own.length > 0 || halfDone.has(tenant.schema)) behind.add(tenant)
      } catch (error) {
        if (!(error instanceof MigError)) throw error
        refused.set(tenant, error)
      }
    }
  }
  await onEachDatabase(project.env, tenants, sessions, look, (unreachable, error) => {
    for (const tenant of unreachable) refused.set(tenant, error)
  })
  const [first] = refused.values()
  if (first !== undefined && refused.size === tenants.length) throw first
  return { behind, refused, changes }
}
