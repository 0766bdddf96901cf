import {
  filteredLines,
  type Project,
  type TenantCounts,
  targetTenants,
  tenantCounts,
} from '../../migrations/core/index.ts'
import { countOf } from '../../migrations/core/report/index.ts'
import type { Command } from './command.ts'
import { refuseTargets, tenantSessions } from './tenants.ts'

/** How the tenants of each tenant line of the filter stand; of all, unless some are named. */
export async function countedTenants(
  command: Command,
  project: Project,
): Promise<ReadonlyMap<string, TenantCounts>> {
  const { tenant: lines } = filteredLines(project.env)
  if (lines.length === 0) refuseTargets(project.env)
  const sessions = tenantSessions(command)
  const counts = new Map<string, TenantCounts>()
  for (const line of lines) {
    const targets = await targetTenants(project.env, line, sessions, 'all')
    counts.set(line, await tenantCounts(project, targets, sessions))
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
