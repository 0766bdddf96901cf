import type { Project } from '../project.ts'
import type { SessionOptions } from '../session.ts'
import { nothingApplied, tenantStates } from './plan.ts'
import { notAsked } from './standings.ts'
import type { TenantTargetList } from './targets.ts'

/** How the tenants of a line spread over its revisions. */
export interface TenantCounts {
  readonly tenants: number
  /** With nothing applied. */
  readonly atBase: number
  /** In databases that cannot be asked. */
  readonly unreachable: number
  /** Applied head → tenants that have it. */
  readonly byRevision: ReadonlyMap<string, number>
  /** Revisions that were put below an applied one and have not run in some tenant. */
  readonly neverRun: ReadonlySet<string>
}

/** Counts tenants by one query per database; of one that does not answer it warns. */
export async function tenantCounts(
  project: Project,
  { tenants }: TenantTargetList,
  sessions: SessionOptions,
): Promise<TenantCounts> {
  let [unreachable, atBase] = [0, 0]
  const lost = new Set<unknown>()
  const states = await tenantStates(project, tenants, { needsLog: false }, sessions, (group, error) => {
    unreachable += group.length
    for (const tenant of group) lost.add(tenant)
    sessions.emit?.({ event: 'warning', ...notAsked(group, error) })
  })
  const byRevision = new Map<string, number>()
  const neverRun = new Set<string>()
  for (const tenant of tenants) {
    if (lost.has(tenant)) continue
    const { rows, applied } = states.get(tenant) ?? nothingApplied
    for (const id of applied?.neverRun ?? []) neverRun.add(id)
    if (rows.length === 0) atBase += 1
    for (const id of rows) byRevision.set(id, (byRevision.get(id) ?? 0) + 1)
  }
  return { tenants: tenants.length, atBase, unreachable, byRevision, neverRun }
}
