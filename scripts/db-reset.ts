// just db-reset
import { resetEmbeddedServer } from '../migrations/core/postgres/index.ts'
import { confirm } from './cli/ask.ts'
import { commandEnvironment, runCommand } from './cli/command.ts'

export const spec = {
  name: 'db-reset',
  summary:
    'Deletes the embedded PostgreSQL of this project with all its data. Other databases are not touched.',
  positionals: {},
  flags: { yes: { help: 'do not ask', short: 'y' } },
  examples: ['just db-reset', 'just db-reset --yes'],
} as const

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, async (command) => {
    const { root } = await commandEnvironment(command)
    await confirm(command, 'Delete the embedded database and everything in it?')
    await resetEmbeddedServer(root, command.output.event)
    command.output.result('deleted; the next command creates a new one', { event: 'database', deleted: true })
  })
