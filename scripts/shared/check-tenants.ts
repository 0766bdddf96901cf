import { checkTenants, type TenantDrift } from '../../migrations/core/autogenerate/index.ts'
import {
  exitCodes,
  MigError,
  type Project,
  type TenantStanding,
  targetTenants,
} from '../../migrations/core/index.ts'
import { fingerprintChangesText } from '../../migrations/core/postgres/index.ts'
import { countOf } from '../../migrations/core/report/index.ts'
import type { Command } from './command.ts'
import { tenantSessions, tenantStateText } from './tenants.ts'

/**
 * Compares the tenants of a line with its models and says which differ, those that differ alike together. Returns
 * the exit code.
 * @throws MigError `not-for-tenants` with --drift or --sql
 */
export async function checkTenantLine(command: Command, project: Project, line: string): Promise<number> {
  const { output, flags } = command
  if (flags.drift === true || flags.sql === true) {
    throw new MigError('not-for-tenants', '--drift and --sql are for single lines', {
      help: `name the single lines as the filter; who differs among tenants shows just mig-tenants ${line}`,
    })
  }
  const sessions = tenantSessions(command)
  const targets = await targetTenants(project.env, line, sessions, 'all')
  const { behind, drift, tenants } = await checkTenants(project, targets, sessions)
  showBehind(command, line, behind)
  for (const group of drift) showDrift(command, line, group)
  if (behind.length + drift.length > 0) return exitCodes.differences
  output.result(`no difference: ${countOf(tenants, 'tenant')} of ${line}`, { event: 'done', steps: 0, ms: 0 })
  return exitCodes.done
}

const namesShown = 20

function showBehind({ output }: Command, line: string, behind: readonly TenantStanding[]): void {
  if (behind.length === 0) return
  const names = behind.map((standing) => `${standing.tenant.schema} (${tenantStateText(standing)})`)
  const lines = behind.map(({ tenant, revisions, state, behind: count }) => ({
    ...{ event: 'tenant' as const, line, targetSchema: tenant.schema, shard: tenant.shard, revisions, state },
    ...{ behind: count, lastRun: null, structure: null, fingerprint: null },
  }))
  output.result(`${countOf(behind.length, 'tenant')} not at head: ${listText(names)}`, ...lines)
}

function showDrift({ output }: Command, line: string, { tenants, changes }: TenantDrift): void {
  const names = tenants.map(({ schema }) => schema)
  const title = `${countOf(tenants.length, 'tenant')} differ${tenants.length === 1 ? 's' : ''} from the models: ${listText(names)}`
  const lines = tenants.flatMap(({ schema }) =>
    changes.map(({ identity, kind, change, fields = [] }) => ({
      ...{ event: 'difference' as const, line, schema, verb: verbs[change], kind },
      ...{ name: identity.slice(kind.length + 1), detail: fields.join(', ') },
    })),
  )
  output.result(`${title}\n${fingerprintChangesText(changes)}`, ...lines)
}

const verbs = { added: 'add', removed: 'drop', changed: 'change' } as const

function listText(names: readonly string[]): string {
  const more = names.length - namesShown
  return names.slice(0, namesShown).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
