import type { QueryResultRow } from 'pg'
import { messageOf } from '../../errors.ts'
import { onConnection } from '../../postgres/connection/connection.ts'
import { qualifiedName } from '../../postgres/sql/quote.ts'
import { statementsOf } from '../history.ts'
import type { ToolEnd } from '../record/child.ts'
import { type Cut, type CutPiece, cutAtLedger } from '../record/cut.ts'
import { type Piece, pieceOf } from '../record/piece.ts'
import { type EmptyDatabase, type Recording, unrecorded } from '../record/recording.ts'
import { ownApplication } from '../record/server.ts'
import { historyFails, noLedger, notStarted, severalLedgers, unfinished, withoutSql } from './failures.ts'
import { type ProgramRequest, runPhase, type Tells } from './run.ts'

export interface ProgramRecording extends Recording {
  /** The migrations as the ledger names them, in the order that they ran. */
  readonly names: readonly string[]
  readonly ledger: ProgramLedger
}

export interface ProgramLedger {
  readonly schema: string
  readonly table: string
}

/**
 * Lets a tool run a project's migrations on empty databases, and cuts what the server was sent where the tool writes
 * its ledger: the upgrades of a run that only goes forward, and the downgrades of a second one, which reverts
 * all.
 * @throws MigError `history-fails` with the tool's own error; what `failures.ts` has
 */
export async function recordProgram(request: ProgramRequest): Promise<ProgramRecording> {
  const { baseline } = request
  const first = await goForward(request, await request.begin(), { what: 'upgrades recorded', total: null })
  const again = { what: 'upgrades recorded again', total: first.names.length }
  const second = await goForward(request, await request.begin(), again)
  // As it is at the last migration, since the downgrades change the other.
  const copy = await request.server.createDatabase(second.pass.database)
  const { names, ledger } = first
  const downgrades = await goBack(request, second.pass, first)
  const [upgrades, others] = [pieces(first, request), pieces(second, request)]
  const varying = names.filter((name) => textOf(upgrades.get(name)) !== textOf(others.get(name)))
  for (const name of names) {
    const piece = upgrades.get(name)
    if (!baseline && (piece?.copies || piece?.hides)) throw unrecorded(name, piece, { help: withoutSql })
  }
  const databases = [first.pass.database, copy] as const
  return { names, upgrades, downgrades, varying: new Set(varying), ledger, databases }
}

const textOf = (piece: Piece | undefined) => JSON.stringify(piece?.parts)

interface Forward {
  readonly pass: EmptyDatabase
  readonly ledger: ProgramLedger
  readonly names: readonly string[]
  readonly cut: Cut
}

async function goForward(request: ProgramRequest, pass: EmptyDatabase, tells: Tells): Promise<Forward> {
  const { tool, project } = request
  const { end, rows } = await runPhase(request, pass.database, project.up, { phase: 'up', ...tells })
  const ledger = await findLedger(request, pass)
  if (ledger === undefined) throw end.exitCode === 0 ? noLedger(tool, end) : notStarted(tool, project, end)
  const names = await namesIn(request, pass, ledger)
  const isWhole = end.exitCode === 0
  const cut = cutAtLedger(rows, {
    ...{ table: ledger.table, ownTables: tool.ownTables(ledger.table), names: isWhole ? names : undefined },
  })
  const done = cut.pieces.map(({ name }) => name)
  if (!isWhole) throw historyFails(tool, done, cut.lastError, { end, cwd: project.cwd })
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
  pass: EmptyDatabase,
  { names, ledger }: Forward,
): Promise<ReadonlyMap<string, Piece | string>> {
  const { project, tool, builtIn } = request
  const found = new Map<string, Piece | string>()
  const { down } = project
  let left = await namesIn(request, pass, ledger)
  let failures = 0
  for (let round = 0; down !== undefined && left.length > 0 && failures < maximalFailures; round += 1) {
    const { end, rows } = await runPhase(request, pass.database, down, {
      ...{ phase: `down ${round}`, what: 'downgrades recorded', total: names.length },
      before: names.length - left.length,
    })
    const cut = cutAtLedger(rows, { table: ledger.table, ownTables: tool.ownTables(ledger.table), names })
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
      const rolledBack = went.filter((name) => now.includes(name))
      for (const name of rolledBack) found.set(name, await redo(request, pass, found.get(name)))
      const gone = [failed, ...rolledBack]
      await remove(request, pass, ledger, gone)
      left = now.filter((name) => !gone.includes(name))
    } else if (now.length === left.length) break
    else left = now
  }
  return found
}

/** Does what a failed run rolled back with it, so that the tool can go on with the one before. */
async function redo(
  request: ProgramRequest,
  pass: EmptyDatabase,
  found: Piece | string = '',
): Promise<Piece | string> {
  if (typeof found === 'string') return found
  const together = found.parts.flatMap((part) => (part.kind === 'sql' ? [part.sql] : []))
  const apart = found.parts.flatMap((part) => (part.kind === 'sql' ? [] : statementsOf(part)))
  const options = { url: request.server.url(pass.database), applicationName: ownApplication }
  return onConnection(options, async (client) => {
    try {
      await client.query(`SET search_path TO ${pass.searchPath}`)
      if (together.length > 0) await client.query(`BEGIN;\n${together.join(';\n')};\nCOMMIT`)
      for (const sql of apart) await client.query(sql)
      return found
    } catch (error) {
      return messageOf(error)
    }
  })
}

/** A history that fails so often cannot be reverted by its own tool. */
const maximalFailures = 25

function reasonOf({ lastError }: Cut, { said }: ToolEnd): string {
  const line = said
    .split('\n')
    .map((each) => each.trim())
    .find((each) => /^(?:\[?\w*error\]?:|\[(?:error|fail)\]\s|[\w ]*failed with error:)/i.test(each))
  // What the tool says of the migration comes before what the migration says.
  const reason = line?.replace(/^.*\boriginal error: |^\[\w+\]\s+/i, '')
  return (lastError ?? reason ?? 'it ended with an error').slice(0, 200)
}

function pieces({ cut, pass }: Forward, { builtIn }: ProgramRequest): ReadonlyMap<string, Piece> {
  return new Map(cut.pieces.map((piece) => [piece.name, asPiece(piece, cut, pass, builtIn)]))
}

function asPiece(
  { statements }: CutPiece,
  cut: Cut,
  { searchPath: usual }: EmptyDatabase,
  builtIn: ReadonlySet<string>,
): Piece {
  const names = (path: string) => path.replace(/["'\s]/g, '')
  const { searchPath } = cut
  const isUsual = searchPath === undefined || names(usual).endsWith(names(searchPath))
  return pieceOf(statements, builtIn, isUsual ? {} : { searchPath })
}

/**
 * The ledger in a database: the table of its name, or else the only one that has its columns and no others.
 * @throws MigError `several-ledgers`
 */
async function findLedger(request: ProgramRequest, pass: EmptyDatabase): Promise<ProgramLedger | undefined> {
  const { tool, table } = request
  const rows = await asked<ProgramLedger & { readonly columns: readonly string[] }>(
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
  if (candidates.length > 1) throw severalLedgers(tool, candidates)
  return candidates[0]
}

async function namesIn(
  request: ProgramRequest,
  pass: EmptyDatabase,
  { schema, table }: ProgramLedger,
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
  pass: EmptyDatabase,
  { schema, table }: ProgramLedger,
  gone: readonly string[],
): Promise<void> {
  await asked(request, pass, `DELETE FROM ${qualifiedName(schema, table)} WHERE name = ANY ($1)`, [gone])
}

/** A connection for one statement: a database that somebody is connected to cannot be copied (55006). */
async function asked<Row extends QueryResultRow>(
  { server }: ProgramRequest,
  { database }: EmptyDatabase,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const options = { url: server.url(database), applicationName: ownApplication }
  return onConnection(options, async (client) => (await client.query<Row>(sql, [...values])).rows)
}
