import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { MigError } from '../../errors.ts'
import { ownApplication, type RecordingServer } from './server.ts'

/** What the server was sent, or a word of its own on it, as its log has it. */
export interface LogRow {
  /** The server process: one for each connection. */
  readonly session: number
  readonly kind: 'statement' | 'error' | 'end' | 'mark'
  /** A statement with its parameters as values; of an error its message; of a mark its name. */
  readonly text: string
  /** `$1`, `$2` …, as texts; null for NULL. */
  readonly parameters: readonly (string | null)[]
  readonly sqlState: string | undefined
}

interface JsonRow {
  readonly pid: number
  readonly dbname?: string
  readonly application_name?: string
  readonly session_id: string
  readonly line_num: number
  readonly error_severity: string
  readonly message: string
  readonly detail?: string
  readonly state_code?: string
}

const markText = 'just-mig mark '
const patience = 20_000

/** Puts a mark into the log: what was sent before it stands above it. */
export async function putMark({ admin }: RecordingServer, name: string): Promise<void> {
  await admin.query(`SELECT '${markText}${name}'`)
}

/**
 * The log of one database, with the marks, up to a mark.
 * @throws MigError `no-recording` for a log with a gap, or one that does not come to the mark
 */
export async function readLog(
  server: RecordingServer,
  database: string,
  lastMark: string,
): Promise<readonly LogRow[]> {
  const deadline = Date.now() + patience
  // The collector is a process of its own, and milliseconds late at most.
  while (!readFileSync(server.logFile, 'utf8').includes(`${markText}${lastMark}'`)) {
    if (Date.now() > deadline) throw unreadable("the recording server's log stands still")
    await pause(5)
  }
  return logSoFar(server, database)
}

/** The log of one database as far as it is written. @throws MigError `no-recording` for a log with a gap */
export function logSoFar({ logFile }: RecordingServer, database: string): readonly LogRow[] {
  const text = readFileSync(logFile, 'utf8')
  return rowsOf(text.slice(0, text.lastIndexOf('\n')), database)
}

/**
 * The rows of a log that concern one database, and the marks.
 * @throws MigError `no-recording` for a log with a gap
 */
export function rowsOf(text: string, database: string): readonly LogRow[] {
  const rows = text.split('\n').map(parsed)
  checkWhole(rows)
  return rows.flatMap((row) => logRow(row, database))
}

function parsed(line: string): JsonRow {
  return JSON.parse(line) as JsonRow
}

function unreadable(what: string): MigError {
  return new MigError('no-recording', what, {
    help: 'look whether the disk is full (df), then run the same command again',
  })
}

/** Every row of a session has a number. */
function checkWhole(rows: readonly JsonRow[]): void {
  const last = new Map<string, number>()
  for (const { session_id: session, line_num: number } of rows) {
    const before = last.get(session) ?? 0
    if (number !== before + 1) throw unreadable("the recording server's log has a gap")
    last.set(session, number)
  }
}

function logRow(row: JsonRow, database: string): readonly LogRow[] {
  const { pid: session, message, detail = '', state_code: sqlState } = row
  const made = (kind: LogRow['kind'], text: string, parameters: LogRow['parameters'] = []): LogRow[] => [
    { session, kind, text, parameters, sqlState },
  ]
  if (row.application_name === ownApplication) {
    const mark = /^statement: SELECT 'just-mig mark (.*)'$/.exec(message)?.[1]
    return mark === undefined ? [] : made('mark', mark)
  }
  if (row.dbname !== database) return []
  if (row.error_severity === 'ERROR' || row.error_severity === 'FATAL') return made('error', message)
  if (message.startsWith('disconnection: ')) return made('end', '')
  const sent = /^(?:statement|execute (?!fetch from )[^\n:]*): ([\s\S]*)$/.exec(message)?.[1]
  return sent === undefined ? [] : made('statement', sent, parametersOf(detail))
}

/** `Parameters: $1 = 'it''s', $2 = NULL` (`parameters:` before PostgreSQL 16). */
function parametersOf(detail: string): readonly (string | null)[] {
  const list = /^parameters: ([\s\S]*)$/i.exec(detail)?.[1]
  if (list === undefined) return []
  const values: (string | null)[] = []
  const one = /\$\d+ = (?:NULL|'((?:[^']+|'')*)')(?:, |$)/gy
  for (let found = one.exec(list); found !== null; found = one.exec(list))
    values.push(found[1]?.replaceAll("''", "'") ?? null)
  return values
}
