import type { Client } from 'pg'
import { excludedTables, fingerprintExcludes } from '../../environment/index.ts'
import { exitCodes, MigError } from '../../errors.ts'
import { connect } from '../../postgres/connection/connection.ts'
import {
  compareFingerprints,
  fingerprintChangesText,
  readFingerprint,
} from '../../postgres/fingerprint/index.ts'
import { quoteIdent } from '../../postgres/sql/quote.ts'
import type { RecordingRequest } from './recording.ts'
import { ownApplication, type RecordingServer } from './server.ts'

/** The databases that a recording has left, and what of them is the tool's own. */
export interface Recorded {
  readonly server: RecordingServer
  /** Makes a database as the tool had it. */
  readonly begin: RecordingRequest['begin']
  /** Two that the tool itself has made: what differs between them, no replay can give. */
  readonly databases: readonly [string, string]
  readonly ignoreTables: readonly string[]
}

/**
 * Compares what a replay has made with what the tool made: the catalogs, and the rows.
 * @throws MigError `recording-differs` (exit 5)
 */
export async function proveRecording(
  { server, databases, ignoreTables }: Omit<Recorded, 'begin'>,
  replayed: string,
  ledgerSchema: string,
): Promise<void> {
  const names = [...databases, replayed]
  const clients: Client[] = []
  try {
    for (const name of names)
      clients.push(await connect({ url: server.url(name), applicationName: ownApplication }))
    const [made, again, ours] = clients
    if (made === undefined || again === undefined || ours === undefined) return
    const both = [...(await userSchemas(made, ledgerSchema)), ...(await userSchemas(ours, ledgerSchema))]
    const schemas = [...new Set(both)]
    const exclude = fingerprintExcludes(excludedTables(ignoreTables))
    const options = { schemas, ignoreGeneratedNames: true, exclude }
    const changes = compareFingerprints(
      await readFingerprint(made, options),
      await readFingerprint(ours, options),
    )
    if (changes.length > 0)
      throw differs(
        `(- only after the tool's own run, + only after the replay):\n${fingerprintChangesText(changes)}`,
      )
    const tables = (await tablesOf(made, schemas)).filter(({ name }) => !ignoreTables.includes(name))
    const wrong: string[] = []
    for (const table of tables)
      if (!(await sameRows(table, made, again, ours))) wrong.push(`${table.schema}.${table.name}`)
    wrong.push(...(await movedSequences([made, again, ours], schemas, ignoreTables)))
    if (wrong.length > 0) throw differs(`in the rows of ${wrong.join(', ')}`)
  } finally {
    for (const client of clients) await client.end()
  }
}

interface Table {
  readonly schema: string
  readonly name: string
}

async function userSchemas(client: Client, ledgerSchema: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ schema: string }>(
    `SELECT nspname AS schema FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', $1)`,
    [ledgerSchema],
  )
  return rows.map(({ schema }) => schema)
}

async function tablesOf(client: Client, schemas: readonly string[]): Promise<readonly Table[]> {
  const { rows } = await client.query<Table>(
    `SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND n.nspname = ANY ($1) ORDER BY 1, 2`,
    [schemas],
  )
  return rows
}

/** Rows are compared by the columns that are the same in both runs of the tool: not by a time, or a random value. */
async function sameRows(table: Table, made: Client, again: Client, ours: Client): Promise<boolean> {
  const { rows } = await made.query<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attname`,
    [tableName(table)],
  )
  const columns = rows.map(({ name }) => name)
  const [one, other] = [await columnHashes(made, table, columns), await columnHashes(again, table, columns)]
  const settled = columns.filter((name) => one[name] === other[name])
  return (await rowsHash(made, table, settled)) === (await rowsHash(ours, table, settled))
}

/** Sequences that both runs of the tool have left at one position, and the replay at another. */
async function movedSequences(
  clients: readonly Client[],
  schemas: readonly string[],
  ignoreTables: readonly string[],
): Promise<readonly string[]> {
  const positions: ReadonlyMap<string, string>[] = []
  for (const client of clients) {
    const { rows } = await client.query<{ name: string; at: string }>(
      `SELECT schemaname || '.' || sequencename AS name, coalesce(last_value::text, '') AS at FROM pg_sequences
        WHERE schemaname = ANY ($1) AND NOT EXISTS (SELECT FROM pg_depend d JOIN pg_class t ON t.oid = d.refobjid
          WHERE d.objid = format('%I.%I', schemaname, sequencename)::regclass AND d.classid = 'pg_class'::regclass
            AND d.deptype IN ('a', 'i') AND t.relname = ANY ($2))
        ORDER BY 1`,
      [schemas, ignoreTables],
    )
    positions.push(new Map(rows.map(({ name, at }) => [name, at])))
  }
  const [made, again, ours] = positions
  return [...(made ?? [])].flatMap(([name, at]) =>
    again?.get(name) === at && ours?.get(name) !== at ? [name] : [],
  )
}

async function columnHashes(
  client: Client,
  table: Table,
  columns: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  if (columns.length === 0) return {}
  const list = columns.map((name) => {
    const text = `${quoteIdent(name)}::text`
    return `md5(string_agg(${text}, ',' ORDER BY ${text})) AS ${quoteIdent(name)}`
  })
  const { rows } = await client.query<Record<string, unknown>>(
    `SELECT ${list.join(', ')} FROM ${tableName(table)}`,
  )
  return rows[0] ?? {}
}

async function rowsHash(client: Client, table: Table, columns: readonly string[]): Promise<unknown> {
  const row = `ROW(${columns.map((name) => `${quoteIdent(name)}::text`).join(', ')})::text`
  const { rows } = await client.query<{ count: string; hash: unknown }>(
    `SELECT count(*) AS count, md5(string_agg(${row}, ',' ORDER BY ${row})) AS hash FROM ${tableName(table)}`,
  )
  return JSON.stringify(rows[0])
}

function tableName({ schema, name }: Table): string {
  return `${quoteIdent(schema)}.${quoteIdent(name)}`
}

function differs(what: string): MigError {
  return new MigError(
    'recording-differs',
    `the recording and the tool's own run give different results ${what}`,
    { help: 'nothing was adopted; keep the files to look at them: --keep', exitCode: exitCodes.proofFailed },
  )
}
