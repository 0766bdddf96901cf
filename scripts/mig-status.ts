// just mig-status [schemas] [flags]
import { type StatusItem, targetStatus } from '../migrations/core/index.ts'
import { oneLine } from '../migrations/core/report/index.ts'
import { schemasArgument, tenantFlags } from './cli/arguments.ts'
import { type Command, runCommand } from './cli/command.ts'
import { onTargets } from './cli/targets.ts'

export const spec = {
  name: 'mig-status',
  summary: 'Shows what is in progress, stuck or in doubt, each with the command to fix it.',
  positionals: { schemas: schemasArgument },
  flags: tenantFlags,
  examples: ['just mig-status', 'just mig-status user --json'],
} as const

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, async (command) => {
    const counts = await onTargets(command, async ({ project, sessions }, targets) =>
      show(command, await targetStatus(project, targets, sessions)),
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
