// just db-start
import { databaseUrl } from '../migrations/core/index.ts'
import { embeddedStatus, maskUrl } from '../migrations/core/postgres/index.ts'
import { commandEnvironment, runCommand } from './cli/command.ts'

export const spec = {
  name: 'db-start',
  summary: 'Starts the embedded PostgreSQL, and creates its database if it is missing.',
  positionals: {},
  flags: {},
  examples: ['just db-start'],
} as const

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, async (command) => {
    const { output } = command
    const env = { ...(await commandEnvironment(command)), databaseUrl: null }
    const url = maskUrl(await databaseUrl(env, output.event))
    const { pid = 0 } = await embeddedStatus(env.root)
    output.result(`running: ${url} (pid ${pid})`, { event: 'database', url, pid })
  })
