// just mig-tenant-drop NAME [schemas] [flags]
import {
  dropTenant,
  MigError,
  oneTenantLine,
  openProject,
  targetTenants,
  tenantContents,
} from '../migrations/core/index.ts'
import { countOf, countText, oneLine } from '../migrations/core/report/index.ts'
import { schemasArgument } from './cli/arguments.ts'
import { confirm } from './cli/ask.ts'
import { commandEnvironment, runCommand } from './cli/command.ts'
import { sayWhereTenants, tenantSessions } from './cli/targets.ts'

export const spec = {
  name: 'mig-tenant-drop',
  summary: 'Drops a tenant: its schema with all its objects, and its ledger rows. The log is kept.',
  positionals: { name: { help: 'the schema of the tenant' }, schemas: schemasArgument },
  flags: {
    yes: { help: 'do not ask', short: 'y' },
    shard: { help: 'its shard, if the name is on several', value: 'NAME' },
    'lock-wait': { help: 'how long to wait for another runner (default 60s)', value: 'TIME' },
  },
  examples: ['just mig-tenant-drop tenant_acme'],
} as const

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, async (command) => {
    const { output, positionals, flags } = command
    const name = positionals.name
    const project = openProject(await commandEnvironment({ flags: { ...flags, x: [`schemas=${name}`] } }))
    const line = oneTenantLine(project.env)
    await sayWhereTenants(command, project)
    const sessions = tenantSessions(command)
    const [tenant, ...others] = await targetTenants(project.env, line, sessions)
    if (tenant?.schema !== name || others.length > 0) {
      throw new MigError('bad-tenant', `${JSON.stringify(name)} is not the name of one tenant`, {
        help: 'drop tenants one by one',
      })
    }
    const { tables, bytes, dependents } = await tenantContents(project, tenant, sessions)
    if (dependents.length > 0) output.remark(`what depends on it goes too: ${dependents.join(', ')}`)
    const size = `${countOf(tables, 'table')}, ${countText(Math.ceil(bytes / 1024))} kB`
    await confirm(command, `Drop tenant ${oneLine(name)} (${size}) and all its data?`)
    await dropTenant(project, tenant, sessions)
    output.result(`dropped tenant ${oneLine(name)}`, { event: 'tenant-dropped', line, targetSchema: name })
  })
