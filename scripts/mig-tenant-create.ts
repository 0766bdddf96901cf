// just mig-tenant-create NAME [schemas] [flags]
import { createTenant, openProject } from '../migrations/core/index.ts'
import { durationText } from '../migrations/core/report/index.ts'
import { commandEnvironment, runCommand } from './shared/command.ts'
import { schemasArgument } from './shared/schemas-argument.ts'
import { oneTenantLine, tenantSessions } from './shared/tenants.ts'

const spec = {
  name: 'mig-tenant-create',
  summary: 'Makes a tenant at head: its schema, and every revision of the line on it.',
  positionals: { name: { help: 'the schema of the new tenant' }, schemas: schemasArgument },
  flags: {
    x: { help: "a key of env.ts's own", value: 'KEY=VALUE', many: true as const, short: 'x' },
  },
  examples: ['just mig-tenant-create tenant_acme'],
}

export const main = (): Promise<void> =>
  runCommand(spec, async (command) => {
    const { output, positionals } = command
    const project = openProject(await commandEnvironment(command))
    const line = oneTenantLine(project.env)
    const { tenant, revisions, ms } = await createTenant(
      project,
      line,
      positionals.name ?? '',
      tenantSessions(command),
    )
    const at = revisions.join(', ') || 'base'
    output.result(output.style.good(`made tenant ${tenant.schema} at ${at} in ${durationText(ms)}`), {
      ...{ event: 'tenant-created', line, targetSchema: tenant.schema, revisions, from: 'replay', ms },
    })
  })
