// just mig-status [schemas] [flags]
import { statusItems } from '../migrations/core/index.ts'
import { runCommand, usingProject } from './shared/command.ts'
import { schemasArgument } from './shared/schemas-argument.ts'

const spec = {
  name: 'mig-status',
  summary: 'Shows what is in progress, stuck or in doubt, each with the command that mends it.',
  positionals: { schemas: schemasArgument },
  flags: {},
  examples: ['just mig-status', 'just mig-status user --json'],
}

export const main = (): Promise<void> =>
  runCommand(spec, (command) =>
    usingProject(command, async (session, project) => {
      const { output } = command
      const items = await statusItems(session, project)
      for (const item of items) {
        const { kind, targetSchema, what, mend } = item
        const head = output.style.strong(`${targetSchema}: ${kind.replaceAll('-', ' ')}`)
        output.result(`${head}\n  ${what}\n  → ${mend}`, { event: 'status', ...item })
      }
      if (items.length === 0) output.remark('nothing is in progress, stuck or in doubt')
    }),
  )
