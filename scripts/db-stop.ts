// just db-stop
import { stopEmbeddedServer } from '../migrations/core/postgres/index.ts'
import { commandEnvironment, runCommand } from './cli/command.ts'

export const spec = {
  name: 'db-stop',
  summary: 'Stops the embedded PostgreSQL; its data is kept.',
  positionals: {},
  flags: {},
  examples: ['just db-stop'],
} as const

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, async (command) => {
    const { root } = await commandEnvironment(command)
    const stopped = await stopEmbeddedServer(root, command.output.event)
    command.output.result(stopped ? 'stopped' : 'it was not running', { event: 'database', stopped })
  })
