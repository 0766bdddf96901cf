import type { ClientBase, QueryResultRow } from 'pg'
import { MigError } from '../../errors.ts'
import { qualifiedName } from '../../postgres/sql/quote.ts'
import type { ForeignLedger } from './applied.ts'

/** Where a ledger is kept, when not in its usual place. */
export interface LedgerPlace {
  readonly table?: string | undefined
  readonly schema?: string | undefined
}

/** How the ledger of a tool is read. */
export interface LedgerQuery {
  /** Its usual name. */
  readonly table: string
  /** What such a table has, which tells it from others of its name. */
  readonly columns: readonly string[]
  /** What is asked of a table by its name: its rows, in the order that they were written in. */
  readonly query: (from: string) => string
  /** The command that settles a migration that failed. */
  readonly resolve?: (name: string) => string
}

/** What a ledger says of one migration. */
interface LedgerRow {
  /** What it is called by: its name, its version, its hash. */
  readonly names: readonly string[]
  readonly failed?: boolean | null
  /** All before it are applied too. */
  readonly through?: boolean
  /** All up to this version, which need not be one of a file, are applied. */
  readonly baseline?: boolean
}

/** A migration, as a ledger may name it. */
export interface LedgerMigration {
  readonly revision: string
  readonly name: string
  readonly version?: string | undefined
  readonly hash?: string
}

/**
 * What the ledgers of a tool whose history is a plain list say is applied: in each the last migration.
 * @throws MigError `failed-migration` for one that stopped half-way, `unknown-version` for one without a file,
 *   `skipped-migration` for one that was not run while later ones were
 */
export async function readListLedgers(
  client: ClientBase,
  migrations: readonly LedgerMigration[],
  ledger: LedgerQuery,
  place: LedgerPlace = {},
): Promise<readonly ForeignLedger[]> {
  return readLedgers<LedgerRow>(client, ledger, place, (rows, table) =>
    lastApplied(migrations, appliedBy(rows, migrations, table, ledger), table),
  )
}

/** What the ledgers of a tool call the migrations that are applied; each may have several names. */
export async function readLedgerNames(
  client: ClientBase,
  ledger: LedgerQuery,
  place: LedgerPlace = {},
): Promise<readonly string[]> {
  const ledgers = await readLedgers<LedgerRow>(client, ledger, place, (rows) =>
    rows.flatMap(({ names }) => names),
  )
  return ledgers.flatMap(({ revisions }) => revisions)
}

/** Every `alembic_version` of the database (Alembic, `version_table` and `version_table_schema`). */
export async function readAlembicLedgers(
  client: ClientBase,
  place: LedgerPlace,
): Promise<readonly ForeignLedger[]> {
  const query = (from: string) => `SELECT version_num FROM ${from} ORDER BY 1`
  const ledger = { table: 'alembic_version', columns: ['version_num'], query }
  return readLedgers<{ version_num: string }>(client, ledger, place, (rows) =>
    rows.map((row) => row.version_num),
  )
}

/** Reads the ledgers of one name: in the schema that is given, else in all. */
async function readLedgers<Row extends QueryResultRow>(
  client: ClientBase,
  { table: usual, columns, query }: LedgerQuery,
  { table = usual, schema: given }: LedgerPlace,
  revisionsOf: (rows: readonly Row[], name: string) => readonly string[],
): Promise<readonly ForeignLedger[]> {
  const { rows: tables } = await client.query<{ schema: string }>(
    `SELECT n.nspname AS schema FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relname = $1 AND c.relkind IN ('r', 'p') AND ($3::text IS NULL OR n.nspname = $3)
        AND $2 <@ ARRAY (SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped)
      ORDER BY n.nspname`,
    [table, columns, given ?? null],
  )
  const ledgers: ForeignLedger[] = []
  for (const { schema } of tables) {
    const { rows } = await client.query<Row>(query(qualifiedName(schema, table)))
    ledgers.push({ schema, table, revisions: revisionsOf(rows, `${schema}.${table}`) })
  }
  return ledgers
}

function appliedBy(
  rows: readonly LedgerRow[],
  migrations: readonly LedgerMigration[],
  table: string,
  { resolve }: LedgerQuery,
): ReadonlySet<LedgerMigration> {
  const applied = rows.flatMap(({ names, failed, through, baseline }) => {
    const [shown = ''] = names
    if (failed) {
      throw new MigError('failed-migration', `${table} says that ${shown} failed half-way`, {
        help: `resolve it with its own tool first: ${resolve?.(shown)}`,
        facts: { table, migration: shown },
      })
    }
    const at = migrations.findLastIndex(({ name, hash, version = '' }) =>
      names.some((each) => {
        if (each === name || each === hash) return true
        const order = compareVersions(version, each)
        return order === 0 || (baseline === true && order < 0)
      }),
    )
    if (at === -1 && !baseline) throw unknownVersion(table, shown)
    return migrations.slice(through || baseline ? 0 : at, at + 1)
  })
  return new Set(applied)
}

function unknownVersion(table: string, what: string): MigError {
  return new MigError(
    'unknown-version',
    `${table} says that ${what} is applied, and no file of the import has it`,
    { help: 'restore the missing file from version control, then import again', facts: { table } },
  )
}

/** By the numbers between the dots; NaN for what has others. */
export function compareVersions(one: string, other: string): number {
  if (![one, other].every((each) => /^\d+(?:\.\d*)*$/.test(each))) return Number.NaN
  const [a, b] = [one.split('.').map(BigInt), other.split('.').map(BigInt)]
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const [left, right] = [a[at] ?? 0n, b[at] ?? 0n]
    if (left !== right) return left < right ? -1 : 1
  }
  return 0
}

/** The last applied one of a list, as the ledger of a line has it; all before it must be applied too. */
function lastApplied(
  migrations: readonly LedgerMigration[],
  applied: ReadonlySet<LedgerMigration>,
  table: string,
): readonly string[] {
  const last = migrations.findLastIndex((migration) => applied.has(migration))
  const skipped = migrations.slice(0, Math.max(last, 0)).find((migration) => !applied.has(migration))
  if (skipped !== undefined) {
    throw new MigError('skipped-migration', `${table} lacks ${skipped.name}, and has later migrations`, {
      help: 'run it or mark it as applied with the tool that wrote it, then import again',
      facts: { table, migration: skipped.name },
    })
  }
  const head = migrations[last]
  return head === undefined ? [] : [head.revision]
}
