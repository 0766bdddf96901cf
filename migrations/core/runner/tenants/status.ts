import { shellWord, type Tenant } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import type { Project } from '../project.ts'
import { type SessionOptions, usingSession } from '../session.ts'
import { type StatusItem, statusItems } from '../status.ts'
import { type EndedHolder, type UnlockRequest, unlock } from '../unlock.ts'
import { byDatabase } from './plan.ts'
import { notAsked } from './standings.ts'
import type { TenantTargetList } from './targets.ts'
import { tenantEnvironment } from './view.ts'

/**
 * What needs a look in tenants' schemas, by the same few queries for all of a database. Commands that fix it
 * name the tenant. Of a database that does not answer it warns, unless none does.
 */
export async function tenantStatus(
  project: Project,
  { line, tenants }: TenantTargetList,
  sessions: SessionOptions,
): Promise<readonly StatusItem[]> {
  const items: StatusItem[] = []
  let silent = 0
  for (const [databaseUrl, group] of byDatabase(tenants)) {
    const seen = asLines(project, databaseUrl, group)
    const targets = group.map((tenant) => ({ line, targetSchema: tenant.schema }))
    const asked = usingSession(seen.env, sessions, (session) => statusItems(session, seen, targets))
    const found = await asked.catch((error: unknown) => {
      silent += group.length
      if (!(error instanceof MigError) || sessions.signal?.aborted || silent === tenants.length) throw error
      sessions.emit?.({ event: 'warning', ...notAsked(group, error) })
      return []
    })
    items.push(
      ...found.map((item) => (named.has(item.kind) ? item : { ...item, fix: namingTenant(item, line) })),
    )
  }
  return items
}

/**
 * Ends the sessions that hold locks of tenants, as `unlock` does for single lines.
 * @throws MigError as `unlock` does
 */
export async function unlockTenants(
  project: Project,
  { tenants }: TenantTargetList,
  request: UnlockRequest,
  sessions: SessionOptions,
): Promise<readonly EndedHolder[]> {
  const ended: EndedHolder[] = []
  for (const [databaseUrl, group] of byDatabase(tenants)) {
    const seen = asLines(project, databaseUrl, group)
    ended.push(...(await usingSession(seen.env, sessions, (session) => unlock(session, seen, request))))
  }
  return ended
}

/** Items that name the tenant by themselves. */
const named: ReadonlySet<StatusItem['kind']> = new Set(['ledger', 'never-run'])

/** The project with each tenant of a database under a key of its own, so that one look covers them all. */
function asLines(project: Project, databaseUrl: string | null, tenants: readonly Tenant[]): Project {
  const schemas = Object.fromEntries(tenants.map(({ schema }) => [schema, schema]))
  const env = tenantEnvironment(project.env, databaseUrl)
  return { ...project, env: { ...env, filter: Object.keys(schemas), schemas } }
}

function namingTenant({ fix, targetSchema }: StatusItem, line: string): string {
  const only = `${line} --tenants ${shellWord(targetSchema)}`
  // By functions, since a name may hold what replace() takes for a pattern.
  return fix
    .replace(/^(.*just mig-(?:upgrade|downgrade) \S+) \S+$/, (_, command: string) => `${command} ${only}`)
    .replace(`just mig-unlock ${line}`, () => `just mig-unlock ${only}`)
}
