import { stripVTControlCharacters as plain } from 'node:util'
import type { QueryResultRow } from 'pg'
import { MigError } from '../../errors.ts'
import { connect } from '../../postgres/connection/connection.ts'
import { qualifiedName } from '../../postgres/sql/quote.ts'
import { runTool, type ToolEnd } from '../record/child.ts'
import { type Cut, type CutPiece, cutAtLedger } from '../record/cut.ts'
import { type LogRow, putMark, readLog } from '../record/log.ts'
import { type Piece, pieceOf } from '../record/piece.ts'
import {
  type Recording,
  type RecordingRequest,
  type ScratchPlace,
  scratchEnvironment,
  scratchPlace,
  unrecorded,
} from '../record/recording.ts'
import { ownApplication, type RecordingServer } from '../record/server.ts'
import { shippedFile } from '../shipped.ts'
import { historyFails, noLedger, notStarted, otherWay, unfinished } from './failures.ts'
import type { ProgramProject, ToolCommand } from './project.ts'
import type { ProgramTool } from './tools.ts'

export interface ProgramRequest extends RecordingRequest {
  readonly tool: ProgramTool
  readonly project: ProgramProject
  /** The ledger's name, where it is not the usual one. */
  readonly table: string | undefined
}

export interface ProgramRecording extends Recording {
  /** The migrations as the ledger names them, in the order that they ran. */
  readonly names: readonly string[]
  readonly ledger: LedgerTable
}

export interface LedgerTable {
  readonly schema: string
  readonly table: string
}

interface Pass {
  readonly database: string
  readonly searchPath: string
}

/**
 * Lets a tool run a project's migrations on empty databases, and cuts what the server was sent where the tool writes
 * its ledger: the upgrades of a run that only goes forward, and the downgrades of a second one, which reverts
 * all.
 * @throws MigError `history-fails` with the tool's own error; what `failures.ts` has
 */
export async function recordProgram(request: ProgramRequest): Promise<ProgramRecording> {
  const first = await goForward(request, await begin(request))
  const second = await goForward(request, await begin(request))
  // As it is at the last migration, since the downgrades change the other.
  const copy = await request.server.createDatabase(second.pass.database)
  const { names, ledger } = first
  const downgrades = await goBack(request, second.pass, first)
  const [upgrades, others] = [pieces(first, request), pieces(second, request)]
  const varying = names.filter((name) => textOf(upgrades.get(name)) !== textOf(others.get(name)))
  for (const name of names) {
    const piece = upgrades.get(name)
    if (piece?.copies || piece?.hides) throw unrecorded(name, piece, { help: otherWay })
  }
  const databases = [first.pass.database, copy] as const
  return { names, upgrades, downgrades, varying: new Set(varying), ledger, databases }
}

const textOf = (piece: Piece | undefined) => JSON.stringify(piece?.parts)

async function begin({ server, prepare }: ProgramRequest): Promise<Pass> {
  const database = await server.createDatabase()
  return { database, searchPath: await prepare(database) }
}

interface Forward {
  readonly pass: Pass
  readonly ledger: LedgerTable
  readonly names: readonly string[]
  readonly cut: Cut
}

async function goForward(request: ProgramRequest, pass: Pass): Promise<Forward> {
  const { tool, project } = request
  const { end, rows } = await run(request, pass, project.up, 'up')
  const ledger = await findLedger(request, pass)
  if (ledger === undefined) throw end.exitCode === 0 ? noLedger(tool, end) : notStarted(tool, project.up, end)
  const names = await namesIn(request, pass, ledger)
  const isWhole = end.exitCode === 0
  const cut = cutAtLedger(rows, {
    ...{ table: ledger.table, own: tool.own(ledger.table), names: isWhole ? names : undefined },
  })
  const done = cut.pieces.map(({ name }) => name)
  if (!isWhole) throw historyFails(tool, done, cut.lastError, end)
  if (names.length === 0) throw noLedger(tool, end)
  if (done.length !== names.length || new Set(done).size !== names.length) throw unfinished(tool, done, names)
  return { pass, ledger, names: done, cut }
}

/**
 * Reverts what it can. What fails stays, and is left out of the ledger, so that the tool goes on with the one
 * before.
 */
async function goBack(
  request: ProgramRequest,
  pass: Pass,
  { names, ledger }: Forward,
): Promise<ReadonlyMap<string, Piece | string>> {
  const { project, tool, builtIn } = request
  const found = new Map<string, Piece | string>()
  const { down } = project
  let left = await namesIn(request, pass, ledger)
  let failures = 0
  for (let round = 0; down !== undefined && left.length > 0 && failures < maximalFailures; round += 1) {
    const { end, rows } = await run(request, pass, down, `down ${round}`)
    const cut = cutAtLedger(rows, { table: ledger.table, own: tool.own(ledger.table), names })
    for (const piece of cut.pieces) {
      if (piece.direction === 'downgrade' && !found.has(piece.name))
        found.set(piece.name, asPiece(piece, cut, pass, builtIn))
    }
    const now = await namesIn(request, pass, ledger)
    if (end.exitCode !== 0) {
      // Those that went well before it may have been rolled back with it.
      const went = cut.pieces.map(({ name }) => name)
      const failed = names.findLast((name) => now.includes(name) && !went.includes(name))
      if (failed === undefined) break
      failures += 1
      if (!found.has(failed)) found.set(failed, reasonOf(cut, end))
      await remove(request, pass, ledger, failed)
      left = now.filter((name) => name !== failed)
    } else if (now.length === left.length) break
    else left = now
  }
  return found
}

/** A history that fails so often cannot be reverted by its own tool. */
const maximalFailures = 25

function reasonOf({ lastError }: Cut, { said }: ToolEnd): string {
  const line = said
    .split('\n')
    .map((each) => each.trim())
    .find((each) => /^(?:\[?\w*error\]?:|[\w ]*failed with error:)/i.test(each))
  return (lastError ?? line ?? 'it ended with an error').slice(0, 200)
}

function pieces({ cut, pass }: Forward, { builtIn }: ProgramRequest): ReadonlyMap<string, Piece> {
  return new Map(cut.pieces.map((piece) => [piece.name, asPiece(piece, cut, pass, builtIn)]))
}

function asPiece(
  { statements }: CutPiece,
  cut: Cut,
  { searchPath: usual }: Pass,
  builtIn: ReadonlySet<string>,
): Piece {
  const names = (path: string) => path.replace(/["'\s]/g, '')
  const { searchPath } = cut
  const isUsual = searchPath === undefined || names(usual).endsWith(names(searchPath))
  return pieceOf(statements, builtIn, isUsual ? {} : { searchPath })
}

async function run(
  { server, session, project, tool, network }: ProgramRequest,
  { database }: Pass,
  { command, args, shown }: ToolCommand,
  phase: string,
): Promise<{ readonly end: ToolEnd; readonly rows: readonly LogRow[] }> {
  const scratch = withUrl(server, scratchPlace({ server, network }, database))
  const printed: string[] = []
  await putMark(server, `${database} ${phase}`)
  const ended = await runTool({
    ...{ command, args: args.map((arg) => withPlace(arg, scratch)), cwd: project.cwd },
    env: environmentOf(scratch, network),
    ...{ fence: scratch.fenced, signal: session.signal, at: () => `running ${shown}` },
    onLine(line) {
      printed.push(line)
      return undefined
    },
  })
  const last = `${database} ${phase} ended`
  await putMark(server, last)
  const end = { ...ended, said: plain(`${printed.slice(-100).join('\n')}\n${ended.said}`) }
  const refusal = /^just-mig (several-databases|connection-refused): (.*)$/m.exec(end.said)
  if (end.exitCode !== 0 && refusal !== null) throw refused(tool, refusal[1] ?? '', refusal[2] ?? '')
  const rows = await readLog(server, database, last)
  const from = rows.findLastIndex(({ kind, text }) => kind === 'mark' && text === `${database} ${phase}`)
  return { end, rows: rows.slice(from + 1) }
}

/** Where the scratch database is, as a tool is told. Without a host of its own, `new URL` would refuse the URL. */
type Place = ScratchPlace & { readonly url: string }

function withUrl(server: RecordingServer, place: ScratchPlace): Place {
  const { host, port, user, password, database, fenced } = place
  const url = fenced
    ? `postgresql://${user}:${encodeURIComponent(password)}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`
    : server.url(database)
  return { ...place, url }
}

/** `{url}` and the like in a command line. */
function withPlace(arg: string, place: Place): string {
  return arg.replace(/\{(url|host|port|database|user)\}/g, (_, name: keyof Place) => String(place[name]))
}

function refused({ name }: ProgramTool, code: string, what: string): MigError {
  return code === 'several-databases'
    ? new MigError(
        'several-databases',
        `${name} connects to more than one database: ${what}; nothing was kept`,
        {
          help: 'record one at a time, with settings that name one database',
        },
      )
    : new MigError('connection-refused', `${name} connects to ${what}, which a recording refuses`, {
        help: 'where its settings are kept there, and no database: --allow-network',
      })
}

/** The environment of the tool: every Node process of it loads the redirection, and variables lead there too. */
function environmentOf({ url, ...scratch }: Place, network: boolean): NodeJS.ProcessEnv {
  const preload = `--require=${JSON.stringify(shippedFile('record', 'redirect.cjs'))}`
  return {
    ...scratchEnvironment(scratch),
    ...{ CI: 'true', FORCE_COLOR: '0', DATABASE_URL: url },
    NODE_OPTIONS: [process.env.NODE_OPTIONS, preload].filter((each) => each).join(' '),
    JUST_MIG_RECORDING: JSON.stringify({ ...scratch, network }),
  }
}

/** The ledger in a database: the table of its name, or else the only one that has its columns and no others. */
async function findLedger(request: ProgramRequest, pass: Pass): Promise<LedgerTable | undefined> {
  const { tool, table } = request
  const rows = await asked<LedgerTable & { readonly columns: readonly string[] }>(
    request,
    pass,
    `SELECT n.nspname AS schema, c.relname AS "table", array_agg(a.attname::text) AS columns
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
      WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      GROUP BY 1, 2`,
  )
  const wanted = [...tool.ledger.columns].sort().join(' ')
  const alike = rows.filter(({ columns }) => [...columns].sort().join(' ') === wanted)
  const named = alike.filter((each) => each.table === (table ?? tool.ledger.table))
  const candidates = named.length > 0 || table !== undefined ? named : alike
  return candidates.length === 1 ? candidates[0] : undefined
}

async function namesIn(
  request: ProgramRequest,
  pass: Pass,
  { schema, table }: LedgerTable,
): Promise<readonly string[]> {
  const rows = await asked<{ name: string }>(
    request,
    pass,
    `SELECT name FROM ${qualifiedName(schema, table)}`,
  )
  return rows.map(({ name }) => name)
}

async function remove(
  request: ProgramRequest,
  pass: Pass,
  { schema, table }: LedgerTable,
  name: string,
): Promise<void> {
  await asked(request, pass, `DELETE FROM ${qualifiedName(schema, table)} WHERE name = $1`, [name])
}

/** A connection for one statement: a database that somebody is connected to cannot be copied (55006). */
async function asked<Row extends QueryResultRow>(
  { server }: ProgramRequest,
  { database }: Pass,
  sql: string,
  values: readonly string[] = [],
): Promise<readonly Row[]> {
  const client = await connect({ url: server.url(database), applicationName: ownApplication })
  try {
    return (await client.query<Row>(sql, [...values])).rows
  } finally {
    await client.end()
  }
}
