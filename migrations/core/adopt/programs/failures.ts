import { exitCodes, MigError } from '../../errors.ts'
import { withoutSecrets } from '../../secrets.ts'
import { lastLines, type ToolEnd } from '../record/child.ts'
import { hasScript, type ProgramProject } from './project.ts'
import type { ProgramTool } from './tools.ts'

/** Where the state of a database comes from when its history cannot be run. */
const otherWay = 'start from the live database, without its history: npx just-mig init'

/** What to do where a recording has not all SQL of a history. */
export const withoutSql = `take the SQL of what is applied from the live database: --baseline; or ${otherWay}`

/** The error of a tool that did not come so far as to make its ledger. */
export function notStarted(
  { name }: ProgramTool,
  { up: { shown }, cwd }: Pick<ProgramProject, 'up' | 'cwd'>,
  end: ToolEnd,
): MigError {
  const module = missingModule(end)
  const what = module === undefined ? `exit code ${end.exitCode}` : `it has no module ${module}`
  return new MigError('tool-fails', `${name} does not start (${what}):\n${said(end)}`, {
    help: [
      ...advice(end, cwd),
      `make \`${shown}\` work first, or name what works: --up 'npm run migrate' --down 'npm run migrate:down'`,
      otherWay,
    ].join('; or '),
    facts: module === undefined ? {} : { module },
  })
}

/** The error of a run that has left no ledger with a migration in it on the scratch database. */
export function noLedger({ name, ledger }: ProgramTool, end: ToolEnd): MigError {
  return new MigError(
    'not-redirected',
    `${name} ran, but the scratch database has no ${ledger.table} with a migration:\n${said(end)}`,
    {
      help: 'if its table has another name: --version-table NAME; check also that its settings name PostgreSQL',
    },
  )
}

/** The error of a run that has left several histories. */
export function severalLedgers(
  { name }: ProgramTool,
  tables: readonly { readonly schema: string; readonly table: string }[],
): MigError {
  const names = tables.map(({ schema, table }) => `${schema}.${table}`).sort()
  return new MigError(
    'several-ledgers',
    `the run of ${name} left several ledger tables: ${names.join(', ')}`,
    {
      help: 'record one at a time: --up and --down that run one history, or --version-table where their names differ',
      facts: { tables: names },
    },
  )
}

/** The error of a history that does not run on an empty database. */
export function historyFails(
  { name }: ProgramTool,
  done: readonly string[],
  lastError: string | undefined,
  { end, cwd }: { readonly end: ToolEnd; readonly cwd: string },
): MigError {
  const after = done.length === 0 ? 'in its first migration' : `after ${done.at(-1)}`
  const missing = done.length === 0 && /^(relation|schema) "[^"]+" does not exist/.test(lastError ?? '')
  const reason = missing
    ? 'the history begins at tables that were made elsewhere'
    : 'the history does not run on an empty database'
  return new MigError('history-fails', `${reason}: ${name} stopped ${after}:\n${said(end)}`, {
    help: [...advice(end, cwd), otherWay].join('; or '),
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
    { help: `look whether a migration writes the ledger itself; or ${otherWay}`, facts: { missing } },
  )
}

const loader = "name what loads TypeScript: NODE_OPTIONS='--import tsx' just mig-import …"

/** What to do about an error that Node has before the tool has any. */
function advice(end: ToolEnd, cwd: string): readonly string[] {
  const module = missingModule(end)
  if (module !== undefined) {
    const isFile = /^\.{0,2}[\\/]|^\w:[\\/]/.test(module)
    const build = isFile && hasScript(cwd, 'build') ? ['build the project first: npm run build'] : []
    return [...build, 'install what the project needs (npm ci)', loader]
  }
  // TypeORM keeps only the words of a SyntaxError.
  const isText =
    /ERR_UNKNOWN_FILE_EXTENSION|SyntaxError: (?:Unexpected|Cannot use import)|Unable to open file: "/.test(
      end.said,
    )
  return isText && /\.[cm]?tsx?\b/.test(end.said) ? [loader] : []
}

function missingModule({ said }: ToolEnd): string | undefined {
  return /Cannot find (?:module|package) '([^']+)'/.exec(said)?.[1]
}

/** Its last words, and the line that names the error where Node has printed much after it. */
function said(end: ToolEnd): string {
  const lines = end.said.split('\n').filter((line) => line.trim() !== '' && !/^\s+at /.test(line))
  const last = lastLines(lines.join('\n'), 12)
  const headline = lines.find((line) => /^\s*(?:\w*Error\b.*:|error:)/i.test(line))
  const isThere = headline === undefined || last.includes(headline.trim())
  return withoutSecrets(isThere ? last : `${headline}\n${last}`)
}
