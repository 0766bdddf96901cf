import type { ClientBase } from 'pg'
import { MigError } from '../../errors.ts'
import { qualifiedName } from '../../postgres/quote.ts'
import type { DrizzleMigration } from '../drizzle/project.ts'
import type { PrismaMigration } from '../prisma/project.ts'
import type { ForeignLedger } from './applied.ts'

/** The tables of another tool's ledger: by name and columns that it must have; in one schema, or in all. */
export async function ledgerTables(
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

/** Every `alembic_version` of the database (Alembic, `version_table` and `version_table_schema`). */
export async function readAlembicLedgers(
  client: ClientBase,
  place: LedgerPlace,
): Promise<readonly ForeignLedger[]> {
  const table = place.table ?? 'alembic_version'
  const schemas = await ledgerTables(client, table, ['version_num'], place.schema)
  const ledgers: ForeignLedger[] = []
  for (const schema of schemas) {
    const { rows } = await client.query<{ version_num: string }>(
      `SELECT version_num FROM ${qualifiedName(schema, table)} ORDER BY 1`,
    )
    ledgers.push({ schema, table, revisions: rows.map((row) => row.version_num) })
  }
  return ledgers
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
  place: LedgerPlace,
): Promise<readonly ForeignLedger[]> {
  const table = place.table ?? '__drizzle_migrations'
  const schemas = await ledgerTables(client, table, ['hash'], place.schema)
  const ledgers: ForeignLedger[] = []
  for (const schema of schemas) {
    const { rows } = await client.query<{ hash: string; created_at: string | null }>(
      `SELECT hash, created_at FROM ${qualifiedName(schema, table)} ORDER BY created_at`,
    )
    const applied = rows.map((row) => {
      const found = migrations.find(({ hash, when }) => hash === row.hash || when === Number(row.created_at))
      if (found !== undefined) return found
      throw unknownVersion(`${schema}.${table}`, `the file with hash ${row.hash.slice(0, 12)}…`)
    })
    ledgers.push({
      schema,
      table,
      revisions: lastApplied(migrations, new Set(applied), `${schema}.${table}`),
    })
  }
  return ledgers
}

/**
 * `_prisma_migrations`.
 * @throws MigError `failed-migration` for one that stopped half-way, `unknown-version` for one without a file,
 *   `skipped-migration` for a file that an applied one follows and that was not run.
 */
export async function readPrismaLedgers(
  client: ClientBase,
  migrations: readonly PrismaMigration[],
  place: LedgerPlace,
): Promise<readonly ForeignLedger[]> {
  const table = place.table ?? '_prisma_migrations'
  const schemas = await ledgerTables(client, table, ['migration_name'], place.schema)
  const ledgers: ForeignLedger[] = []
  for (const schema of schemas) {
    const name = `${schema}.${table}`
    const { rows } = await client.query<{ migration_name: string; finished: boolean }>(
      `SELECT migration_name, finished_at IS NOT NULL AS finished FROM ${qualifiedName(schema, table)}
        WHERE rolled_back_at IS NULL ORDER BY started_at`,
    )
    const done = rows.filter((row) => row.finished).map((row) => row.migration_name)
    const failed = rows.find((row) => !row.finished && !done.includes(row.migration_name))
    if (failed !== undefined) {
      throw new MigError('failed-migration', `${name} says that ${failed.migration_name} failed half-way`, {
        help: `settle it with Prisma first: npx prisma migrate resolve --applied ${failed.migration_name}, or --rolled-back`,
        facts: { table: name, migration: failed.migration_name },
      })
    }
    const applied = done.map((given) => {
      const found = migrations.find((migration) => migration.name === given)
      if (found === undefined) throw unknownVersion(name, given)
      return found
    })
    ledgers.push({ schema, table, revisions: lastApplied(migrations, new Set(applied), name) })
  }
  return ledgers
}

/** Where a ledger is that names one migration a row. */
export interface NamedLedger extends LedgerPlace {
  readonly table: string
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
  { table, columns, schema: given }: NamedLedger,
): Promise<readonly ForeignLedger[]> {
  const byName = new Map(migrations.map((migration) => [plain(migration.name), migration]))
  const ledgers: ForeignLedger[] = []
  for (const schema of await ledgerTables(client, table, columns, given)) {
    const { rows } = await client.query<{ name: string }>(`SELECT name FROM ${qualifiedName(schema, table)}`)
    const applied = rows.map(({ name }) => {
      const found = byName.get(plain(name))
      if (found === undefined) throw unknownVersion(`${schema}.${table}`, name)
      return found
    })
    const revisions = lastApplied(migrations, new Set(applied), `${schema}.${table}`)
    ledgers.push({ schema, table, revisions })
  }
  return ledgers
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
    throw new MigError('skipped-migration', `${table} does not have ${skipped.name}, but later ones`, {
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
    {
      help: 'bring the missing file back from version control, then import again',
      facts: { table },
    },
  )
}
