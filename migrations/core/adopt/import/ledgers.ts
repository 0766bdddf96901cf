import type { ClientBase, QueryResultRow } from 'pg'
import { MigError } from '../../errors.ts'
import { qualifiedName } from '../../postgres/sql/quote.ts'
import type { DrizzleMigration } from '../drizzle/project.ts'
import type { PrismaMigration } from '../prisma/project.ts'
import type { ForeignLedger } from './applied.ts'

/** The schemas that have a table of this name and with these columns; of one schema, or of all. */
async function ledgerTables(
  client: ClientBase,
  table: string,
  columns: readonly string[],
  schema: string | undefined,
): Promise<readonly string[]> {
  const { rows } = await client.query<{ schema: string }>(
    `SELECT n.nspname AS schema FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relname = $1 AND c.relkind IN ('r', 'p') AND ($3::text IS NULL OR n.nspname = $3)
        AND $2 <@ ARRAY (SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped)
      ORDER BY n.nspname`,
    [table, columns, schema ?? null],
  )
  return rows.map((row) => row.schema)
}

/** Where a ledger is kept, when not in its usual place. */
export interface LedgerPlace {
  readonly table?: string
  readonly schema?: string
}

/** A ledger of a known name; in all schemas where none is given. */
export interface LedgerTable extends LedgerPlace {
  readonly table: string
}

/**
 * Reads the ledgers of one name.
 * @param columns what such a table has
 * @param query what is asked of a table by its name
 * @param revisionsOf the last applied revisions that the rows of one ledger name
 */
export async function readLedgers<Row extends QueryResultRow>(
  client: ClientBase,
  { table, schema: given }: LedgerTable,
  columns: readonly string[],
  query: (from: string) => string,
  revisionsOf: (rows: readonly Row[], name: string) => readonly string[],
): Promise<readonly ForeignLedger[]> {
  const ledgers: ForeignLedger[] = []
  for (const schema of await ledgerTables(client, table, columns, given)) {
    const { rows } = await client.query<Row>(query(qualifiedName(schema, table)))
    ledgers.push({ schema, table, revisions: revisionsOf(rows, `${schema}.${table}`) })
  }
  return ledgers
}

/** Every `alembic_version` of the database (Alembic, `version_table` and `version_table_schema`). */
export async function readAlembicLedgers(
  client: ClientBase,
  place: LedgerPlace,
): Promise<readonly ForeignLedger[]> {
  return readLedgers<{ version_num: string }>(
    client,
    { ...place, table: place.table ?? 'alembic_version' },
    ['version_num'],
    (from) => `SELECT version_num FROM ${from} ORDER BY 1`,
    (rows) => rows.map((row) => row.version_num),
  )
}

/**
 * `drizzle.__drizzle_migrations`. Drizzle goes by time alone: what is not newer than its newest row counts as
 * applied.
 * @throws MigError `unknown-version` for a row that no file has; `skipped-migration` for a file that is older than
 *   the newest row and was never run.
 */
export async function readDrizzleLedgers(
  client: ClientBase,
  migrations: readonly DrizzleMigration[],
  place: LedgerTable,
): Promise<readonly ForeignLedger[]> {
  return readLedgers<{ hash: string; created_at: string | null }>(
    client,
    place,
    ['hash'],
    (from) => `SELECT hash, created_at FROM ${from} ORDER BY created_at`,
    (rows, name) => {
      const applied = rows.map((row) => {
        const found = migrations.find(
          ({ hash, when }) => hash === row.hash || when === Number(row.created_at),
        )
        if (found !== undefined) return found
        throw unknownVersion(name, `the file with hash ${row.hash.slice(0, 12)}…`)
      })
      return lastApplied(migrations, new Set(applied), name)
    },
  )
}

/**
 * `_prisma_migrations`.
 * @throws MigError `failed-migration` for one that stopped half-way, `unknown-version` for one without a file,
 *   `skipped-migration` for a file that an applied one follows and that was not run.
 */
export async function readPrismaLedgers(
  client: ClientBase,
  migrations: readonly PrismaMigration[],
  place: LedgerTable,
): Promise<readonly ForeignLedger[]> {
  return readLedgers<PrismaRow>(
    client,
    place,
    ['migration_name'],
    (from) => `SELECT migration_name, finished_at IS NOT NULL AS finished FROM ${from}
      WHERE rolled_back_at IS NULL ORDER BY started_at`,
    (rows, name) => {
      const done = rows.filter((row) => row.finished).map((row) => row.migration_name)
      const failed = rows.find((row) => !row.finished && !done.includes(row.migration_name))
      if (failed !== undefined)
        throw failedMigration(name, failed.migration_name, resolvedBy(failed.migration_name))
      return lastApplied(migrations, namedBy(done, migrations, name), name)
    },
  )
}

const resolvedBy = (name: string) => `npx prisma migrate resolve --applied ${name}, or --rolled-back`

interface PrismaRow {
  readonly migration_name: string
  readonly finished: boolean
}

/** Where a ledger is that names one migration a row. */
export interface NamedLedger extends LedgerTable {
  /** What else tells it from the project's own tables: it has just these. */
  readonly columns: readonly string[]
}

/**
 * A ledger whose rows name migrations.
 * @param plain what of a name counts
 * @throws MigError `unknown-version` for a row that no migration has; `skipped-migration` for one that was not run
 *   while later ones were.
 */
export async function readNamedLedgers(
  client: ClientBase,
  migrations: readonly { readonly revision: string; readonly name: string }[],
  plain: (name: string) => string,
  { columns, ...place }: NamedLedger,
): Promise<readonly ForeignLedger[]> {
  return readLedgers<{ name: string }>(
    client,
    place,
    columns,
    (from) => `SELECT name FROM ${from}`,
    (rows, name) => {
      const names = rows.map((row) => row.name)
      return lastApplied(migrations, namedBy(names, migrations, name, plain), name)
    },
  )
}

/** The migrations that a ledger names. @throws MigError `unknown-version` */
function namedBy<One extends { readonly name: string }>(
  names: readonly string[],
  migrations: readonly One[],
  table: string,
  plain = (name: string) => name,
): ReadonlySet<One> {
  const byName = new Map(migrations.map((migration) => [plain(migration.name), migration]))
  const applied = names.map((name) => {
    const found = byName.get(plain(name))
    if (found === undefined) throw unknownVersion(table, name)
    return found
  })
  return new Set(applied)
}

/** The last applied one of a list, as the ledger of a line has it; all before it must be applied too. */
export function lastApplied<One extends { readonly revision: string; readonly name: string }>(
  migrations: readonly One[],
  applied: ReadonlySet<One>,
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

export function unknownVersion(table: string, what: string): MigError {
  return new MigError(
    'unknown-version',
    `${table} says that ${what} is applied, which no file of the import has`,
    { help: 'bring the missing file back from version control, then import again', facts: { table } },
  )
}

export function failedMigration(table: string, what: string, command: string): MigError {
  return new MigError('failed-migration', `${table} says that ${what} failed half-way`, {
    help: `resolve it with its own tool first: ${command}`,
    facts: { table, migration: what },
  })
}
