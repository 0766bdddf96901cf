// just db-psql [psql's own arguments]
import { databaseUrl } from '../migrations/core/index.ts'
import { iamToken, maskUrl, parseDatabaseUrl, usesIam } from '../migrations/core/postgres/index.ts'
import { commandEnvironment, runCommand } from './shared/command.ts'
import { smallPrompt } from './shared/small-prompt.ts'

const spec = {
  name: 'db-psql',
  summary:
    'Opens psql on the database, or a small prompt where no psql is installed. Reads standard input when it is not a terminal.',
  positionals: {},
  flags: { command: { help: 'run this and end', value: 'SQL', short: 'c' } },
  examples: ['just db-psql', "just db-psql -c 'SELECT 1'"],
}

export const main = (): Promise<void> =>
  runCommand(spec, async (command) => {
    const { output, flags } = command
    const url = await databaseUrl(await commandEnvironment(command), output.event)
    output.remark(output.style.dim(`database ${maskUrl(url)}`))
    const { $, which } = await import('zx')
    const psql = await which('psql', { nothrow: true })
    const sql = typeof flags.command === 'string' ? flags.command : undefined
    if (psql === null) return smallPrompt(url, output, sql)
    // The password goes by the environment: a command line can be read by every user of the machine.
    const address = parseDatabaseUrl(url)
    const password = usesIam(address) ? await iamToken(address) : address.password
    const args = sql === undefined ? [] : ['-c', sql]
    const run = $({ stdio: 'inherit', nothrow: true, env: { ...process.env, PGPASSWORD: password ?? '' } })
    const result = await run`${psql} -X ${args} ${withoutPassword(url)}`
    return result.exitCode ?? 1
  })

function withoutPassword(text: string): string {
  const url = new URL(text)
  url.password = ''
  url.searchParams.delete('password')
  return url.href
}
