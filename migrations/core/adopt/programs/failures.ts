import { exitCodes, MigError } from '../../errors.ts'
import { withoutSecrets } from '../../secrets.ts'
import { lastLines, type ToolEnd } from '../record/child.ts'
import type { ToolCommand } from './project.ts'
import type { ProgramTool } from './tools.ts'

/** Where the state of a database comes from when its history cannot be run. */
export const otherWay = 'or begin at the live database, without its history: npx just-mig init'

/** The error of a tool that did not come so far as to make its ledger. */
export function notStarted({ name }: ProgramTool, { shown }: ToolCommand, end: ToolEnd): MigError {
  const [, module] = /Cannot find (?:module|package) '([^']+)'/.exec(end.said) ?? []
  const what = module === undefined ? `exit code ${end.exitCode}` : `it has no module ${module}`
  return new MigError('tool-fails', `${name} does not start (${what}):\n${said(end)}`, {
    help: [
      module === undefined
        ? `make \`${shown}\` work first, or name what works: --up 'npm run migrate' --down 'npm run migrate:down'`
        : `install what the project needs (npm ci), and for TypeScript what loads it: NODE_OPTIONS='--import tsx'`,
      otherWay,
    ].join('; '),
    ...(module === undefined ? {} : { facts: { module } }),
  })
}

/** The error of a run that has left no ledger with a migration in it on the scratch database. */
export function noLedger({ name, ledger }: ProgramTool, end: ToolEnd): MigError {
  return new MigError(
    'not-redirected',
    `${name} has run, and the scratch database has no ${ledger.table} with a migration in it:\n${said(end)}`,
    { help: 'where its table has another name: --version-table; is it PostgreSQL that its settings name?' },
  )
}

/** The error of a history that does not run on an empty database. */
export function historyFails(
  { name }: ProgramTool,
  done: readonly string[],
  lastError: string | undefined,
  end: ToolEnd,
): MigError {
  const after = done.length === 0 ? 'in its first migration' : `after ${done.at(-1)}`
  const missing = done.length === 0 && /^(relation|schema) "[^"]+" does not exist/.test(lastError ?? '')
  const reason = missing
    ? 'the history begins at tables that were made elsewhere'
    : 'the history does not run on an empty database'
  return new MigError('history-fails', `${reason}: ${name} stopped ${after}:\n${said(end)}`, {
    help: otherWay,
    exitCode: exitCodes.decisionNeeded,
    facts: { after: done.at(-1) ?? null, done: done.length, error: lastError ?? null },
  })
}

/** The error of a run whose ledger and log do not say the same. */
export function unfinished(
  { name }: ProgramTool,
  cut: readonly string[],
  ledger: readonly string[],
): MigError {
  const missing = ledger.filter((each) => !cut.includes(each))
  return new MigError(
    'no-recording',
    `the ledger of ${name} has ${ledger.length} migrations, and its run wrote ${cut.length}${missing.length > 0 ? `; not written: ${missing[0]}` : ''}`,
    { help: `does a migration write the ledger itself? ${otherWay}`, facts: { missing } },
  )
}

function said(end: ToolEnd): string {
  const lines = end.said.split('\n').filter((line) => line.trim() !== '' && !/^\s+at /.test(line))
  return withoutSecrets(lastLines(lines.join('\n'), 12))
}
