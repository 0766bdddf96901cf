// just db-psql [psql's own arguments]
import { databaseUrl } from '../migrations/core/index.ts'
import {
  encryptedForToken,
  formatDatabaseUrl,
  iamToken,
  maskUrl,
  parseDatabaseUrl,
  usesIam,
} from '../migrations/core/postgres/index.ts'
import { commandEnvironment, runCommand } from './cli/command.ts'
import { onTheTerminal } from './cli/external.ts'
import { smallPrompt } from './cli/small-prompt.ts'

export const spec = {
  name: 'db-psql',
  summary:
    'Opens psql on the database, or a small prompt if psql is not installed. A script on standard input stops at its first error. For all features of psql: psql "$(just db-url)".',
  positionals: {},
  flags: { command: { help: 'run this SQL, and exit', value: 'SQL', short: 'c' } },
  examples: ['just db-psql', "just db-psql -c 'SELECT 1'", 'just db-psql < script.sql'],
} as const

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, async (command) => {
    const { output, flags } = command
    const url = await databaseUrl(await commandEnvironment(command), output.event)
    output.remark(output.style.dim(`database ${maskUrl(url)}`))
    const { $, which } = await import('zx')
    const psql = await which('psql', { nothrow: true })
    const sql = flags.command
    if (psql === null) return smallPrompt(url, output, sql)
    // The password goes by the environment: a command line can be read by every user of the machine.
    const given = parseDatabaseUrl(url)
    const isIam = usesIam(given)
    const address = isIam ? encryptedForToken(given) : given
    const password = isIam ? await iamToken(address) : address.password
    const fromTerminal = process.stdin.isTTY === true
    // By itself psql goes on past the errors of a script, and ends with 0.
    const args = sql === undefined ? (fromTerminal ? [] : ['-v', 'ON_ERROR_STOP=1']) : ['-c', sql]
    const env = password === undefined ? process.env : { ...process.env, PGPASSWORD: password }
    const run = $({ stdio: 'inherit', nothrow: true, env })
    const { exitCode } = await onTheTerminal(
      () => run`${psql} -X ${args} ${formatDatabaseUrl({ ...address, password: undefined })}`,
    )
    return exitCode ?? 1
  })
