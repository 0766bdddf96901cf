// just mig-tenants [schemas] [flags]
import { lineStatuses, oneTenantLine, openProject, targetTenants } from '../migrations/core/index.ts'
import { listLines, tenantLine, tenantListText } from '../migrations/core/report/index.ts'
import { schemasArgument, tenantFlags } from './cli/arguments.ts'
import { commandEnvironment, runCommand } from './cli/command.ts'
import { sayWhereTenants, tenantSessions } from './cli/targets.ts'

export const spec = {
  name: 'mig-tenants',
  summary:
    'Lists the tenants: revision, how far behind, last run, and whether the structure differs from most tenants at the same revision.',
  positionals: { schemas: schemasArgument },
  flags: {
    ...tenantFlags,
    summary: { help: 'show only the bars, without a row for each tenant' },
    fast: { help: 'do not compare the structure' },
  },
  examples: [
    'just mig-tenants',
    'just mig-tenants tenant --summary',
    "just mig-tenants --tenants 'eu_*' --json",
  ],
} as const

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, async (command) => {
    const { flags, output } = command
    const project = openProject(await commandEnvironment(command))
    const line = oneTenantLine(project.env)
    await sayWhereTenants(command, project)
    const sessions = tenantSessions(command)
    const tenants = await targetTenants(project.env, line, sessions, 'all')
    const structure = flags.fast !== true
    const statuses = await lineStatuses(project, tenants, sessions, { structure, lastRun: true })
    const text = tenantListText(statuses, output.style, flags.summary !== true)
    output.result(text, ...listLines(statuses.map(tenantLine)))
  })
