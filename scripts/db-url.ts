// just db-url
import { databaseUrl } from '../migrations/core/index.ts'
import { formatDatabaseUrl, parseDatabaseUrl } from '../migrations/core/postgres/index.ts'
import { commandEnvironment, runCommand } from './cli/command.ts'

export const spec = {
  name: 'db-url',
  summary: 'Prints the URL of the database that the commands use, with its password, for other programs.',
  positionals: {},
  flags: {},
  examples: ['just db-url', 'psql "$(just db-url)"'],
} as const

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, async (command) => {
    const given = await databaseUrl(
      await commandEnvironment(command),
      (event) => command.output.json || command.output.event(event),
    )
    // As libpq takes it: without the driver of another library, or what only its tools read.
    const url = formatDatabaseUrl(parseDatabaseUrl(given))
    command.output.result(url, { event: 'database', url })
  })
