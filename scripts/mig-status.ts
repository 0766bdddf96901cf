// just mig-status [schemas] [flags]
import { type StatusItem, statusItems, targetTenants, tenantStatus } from '../migrations/core/index.ts'
import { oneLine } from '../migrations/core/report/index.ts'
import { tenantFlags } from './shared/arguments.ts'
import { type Command, runCommand } from './shared/command.ts'
import { schemasArgument } from './shared/schemas-argument.ts'
import { onEachLine, tenantSessions } from './shared/tenants.ts'

const spec = {
  name: 'mig-status',
  summary: 'Shows what is in progress, stuck or in doubt, each with the command that fixes it.',
  positionals: { schemas: schemasArgument },
  flags: tenantFlags,
  examples: ['just mig-status', 'just mig-status user --json'],
}

export const main = (): Promise<void> =>
  runCommand(spec, async (command) => {
    const counts = await onEachLine(
      command,
      async (session, project) => show(command, await statusItems(session, project)),
      async (project, line) => {
        const sessions = tenantSessions(command)
        const targets = await targetTenants(project.env, line, sessions, 'all')
        return show(command, await tenantStatus(project, targets, sessions))
      },
    )
    if (counts.every((count) => count === 0))
      command.output.remark('nothing is in progress, stuck or in doubt')
  })

function show({ output }: Command, items: readonly StatusItem[]): number {
  for (const item of items) {
    const { kind, targetSchema, what, fix } = item
    const head = output.style.strong(`${targetSchema}: ${kind.replaceAll('-', ' ')}`)
    output.result(`${head}\n  ${oneLine(what)}\n  → ${fix}`, { event: 'status', ...item })
  }
  return items.length
}
