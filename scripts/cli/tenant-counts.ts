import {
  lineGroups,
  lineStatuses,
  type Project,
  type TenantCounts,
  targetSchemas,
  tenantCounts,
} from '../../migrations/core/index.ts'
import { countOf } from '../../migrations/core/report/index.ts'
import type { Command } from './command.ts'
import { tenantSessions } from './targets.ts'

/** How the tenants of each tenant line of the filter stand; of all, unless some are named. */
export async function countedTenants(
  command: Command,
  project: Project,
): Promise<ReadonlyMap<string, TenantCounts>> {
  const sessions = tenantSessions(command)
  const counts = new Map<string, TenantCounts>()
  for (const group of lineGroups(project.env)) {
    if (group.tenantLine === null) continue
    const targets = await targetSchemas(project.env, group, sessions, 'all')
    const statuses = await lineStatuses(project, targets, sessions, { evenIfSilent: true })
    counts.set(group.tenantLine, tenantCounts(statuses))
  }
  return counts
}

/** `300 tenants, 12 at base`. */
export function tenantsText(counts: TenantCounts | undefined): string {
  if (counts === undefined) return 'tenants'
  const { tenants, atBase, unreachable } = counts
  return [
    countOf(tenants, 'tenant'),
    ...(atBase > 0 ? [`${atBase} at base`] : []),
    ...(unreachable > 0 ? [`${unreachable} not counted`] : []),
  ].join(', ')
}
