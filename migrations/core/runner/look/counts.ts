import type { LineStatus } from './line-status.ts'

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

/** Counts the tenants of a line. Pure. */
export function tenantCounts(statuses: readonly LineStatus[]): TenantCounts {
  const answered = statuses.filter(({ state }) => state !== 'unreachable')
  const byRevision = new Map<string, number>()
  for (const id of answered.flatMap(({ revisions }) => revisions))
    byRevision.set(id, (byRevision.get(id) ?? 0) + 1)
  return {
    tenants: statuses.length,
    atBase: answered.filter(({ revisions }) => revisions.length === 0).length,
    unreachable: statuses.length - answered.length,
    byRevision,
    neverRun: new Set(answered.flatMap(({ neverRun }) => neverRun)),
  }
}
