import {
  lineGroups,
  lineStatuses,
  type Project,
  readApplied,
  readLastEntries,
  readStates,
  type Session,
  singleTargets,
  type TenantCounts,
  targetSchemas,
  tenantCounts,
} from '../../migrations/core/index.ts'
import type { LedgerView } from '../../migrations/core/report/index.ts'
import type { Command } from './command.ts'
import { tenantSessions } from './targets.ts'

/** What the database says of the revisions of the filter. */
export async function ledgerView(
  command: Command,
  { client }: Session,
  project: Project,
): Promise<LedgerView & { readonly tenants: ReadonlyMap<string, TenantCounts> }> {
  const { schemas, ledgerSchema } = project.env
  const tenants = await countedTenants(command, project)
  const states = await readStates(client, project, singleTargets(project.env))
  const neverRun = [...states.values(), ...tenants.values()].flatMap((each) => [...each.neverRun])
  return {
    applied: await readApplied(client, ledgerSchema),
    entries: await readLastEntries(client, ledgerSchema, Object.values(schemas)),
    neverRun: new Set(neverRun),
    tenants,
  }
}

/** How the tenants of each tenant line of the filter stand; of all, unless some are named. */
async function countedTenants(
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
