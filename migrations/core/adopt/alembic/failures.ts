import { exitCodes, MigError } from '../../errors.ts'
import { withoutSecrets } from '../../secrets.ts'
import { lastLines, type ToolEnd } from '../record/child.ts'
import type { DriverEvent, RefusalCode, ToolError } from './driver.ts'
import type { Interpreter } from './python.ts'

interface Told {
  readonly python: Interpreter
  readonly show: (path: string) => string
}

/** Where the SQL of a history comes from when its own tool cannot be run. */
export const otherWays = [
  'where Alembic can be run elsewhere: alembic upgrade base:heads --sql > upgrade.sql, then --offline-sql upgrade.sql',
  'or --baseline: ids and graph stay, and the SQL of what is applied comes from the live database',
]

const refusal = (code: RefusalCode, message: string, help: string): MigError =>
  new MigError(code, `${message}; nothing was run`, { help })

const refusals: Readonly<Record<RefusalCode, (what: string) => MigError>> = {
  'several-databases': (what) =>
    refusal(
      'several-databases',
      `env.py connects to more than one database: ${what}`,
      'record one at a time: name it as env.py takes it, --alembic-x NAME=VALUE or --section',
    ),
  'other-database': (what) =>
    refusal(
      'other-database',
      `env.py connects to ${what}, not to PostgreSQL`,
      'set the URL that env.py reads to one of PostgreSQL; any will do, since the run is redirected',
    ),
  'not-redirected': (what) =>
    refusal(
      'not-redirected',
      `the connection of env.py could not be redirected to the scratch database ${what}`.trim(),
      otherWays.join('; '),
    ),
  'connection-refused': (what) =>
    refusal(
      'connection-refused',
      `the project connects to ${what}, which a recording refuses`,
      'if only settings are read from there: --allow-network',
    ),
}

/** The error of a run that would have led elsewhere. */
export function refused({ code, what }: Extract<DriverEvent, { event: 'refused' }>): MigError {
  return refusals[code](what)
}

export function startFails(
  error: ToolError | undefined,
  end: ToolEnd | undefined,
  { python, show }: Told,
): MigError {
  if (error?.module !== undefined) {
    return new MigError('python-module', `${python.shown} has no module ${error.module}`, {
      help: [
        'name the interpreter of the project: --python .venv/bin/python, or install it there',
        ...otherWays,
      ].join('; '),
      facts: { module: error.module, python: python.shown },
    })
  }
  if (error?.variable !== undefined) {
    return new MigError(
      'tool-setting',
      `${placeOf(error, show)} reads the variable ${error.variable}, which is not set`,
      {
        help: `set it for the import, for example ${error.variable}=postgresql://x@localhost/x; the import does not connect to that database`,
        facts: { variable: error.variable },
      },
    )
  }
  const said = error === undefined ? lastLines(end?.said ?? '') : `${error.type}: ${error.message}`
  return new MigError(
    'tool-fails',
    `Alembic does not start (${error === undefined ? `exit code ${end?.exitCode}` : placeOf(error, show)}): ${withoutSecrets(said)}`,
    { help: ['make `alembic history` work there first', ...otherWays].join('; '), ...placed(error) },
  )
}

export function historyFails(
  { revision, error }: { readonly revision: string; readonly error: ToolError },
  done: number,
  { show }: Told,
): MigError {
  const what = withoutSecrets(`${error.type}: ${error.message}`)
  const [reason, help] = reasonOf(error, done)
  return new MigError(
    'history-fails',
    `${reason}: Alembic stopped in ${revision} (${placeOf(error, show)}) after ${done} revisions:\n${what}`,
    {
      help: [...help, ...otherWays].join('; '),
      exitCode: exitCodes.decisionNeeded,
      facts: { revision, done, sqlState: error.sqlState },
      ...placed(error),
    },
  )
}

/** What an error of the server says about the history (manual, appendix A). */
function reasonOf(
  { sqlState, message }: ToolError,
  done: number,
): readonly [reason: string, help: readonly string[]] {
  const missing = /(?:extension|role) "([^"]+)"/.exec(message)?.[1] ?? 'it'
  if (/extension "[^"]+" is not available|could not open extension control file/.test(message)) {
    return [`the history needs extension ${missing}, and the recording server does not have it`, []]
  }
  if (/role "[^"]+" does not exist/.test(message))
    return [`the history needs role ${missing}, and does not create it`, []]
  if (done === 0 && (sqlState === '42P01' || sqlState === '3F000'))
    return ['the history begins at tables that were made elsewhere', []]
  return ['the history does not run on an empty database', []]
}

export function shortReason({ type, message }: ToolError): string {
  const [first = ''] = withoutSecrets(message).trim().split('\n')
  return first === '' ? type : `${type}: ${first}`.slice(0, 200)
}

function placeOf({ file, line }: ToolError, show: (path: string) => string): string {
  return file === null ? 'env.py' : `${show(file)}:${line}`
}

function placed({ file, line }: ToolError = { type: '', message: '', file: null, line: null }) {
  return file === null || line === null ? {} : { place: { file, line } }
}
