import type { ClientBase } from 'pg'

/** A table in which another tool keeps what it has applied, or something else of its own. */
export interface ToolLedger {
  /** The tool, as `mig-import` calls it; undefined for a tool that it does not know, and for tables beside a ledger. */
  readonly tool?: string
  readonly table: string
  /** All that it has: the names alone could be a project's own. */
  readonly columns: readonly string[]
}

const words = (text: string): readonly string[] => text.split(' ')

/** As their tools make them, by their usual names. */
export const toolLedgers = [
  { tool: 'alembic', table: 'alembic_version', columns: ['version_num'] },
  { tool: 'drizzle', table: '__drizzle_migrations', columns: words('id hash created_at') },
  { tool: 'drizzle', table: '__drizzle_migrations', columns: words('id hash created_at name applied_at') },
  {
    tool: 'prisma',
    table: '_prisma_migrations',
    columns: words(
      'id checksum finished_at migration_name logs rolled_back_at started_at applied_steps_count',
    ),
  },
  { tool: 'knex', table: 'knex_migrations', columns: words('id name batch migration_time') },
  { table: 'knex_migrations_lock', columns: words('index is_locked') },
  { tool: 'typeorm', table: 'migrations', columns: words('id timestamp name') },
  { table: 'typeorm_metadata', columns: words('type database schema table name value') },
  { tool: 'node-pg-migrate', table: 'pgmigrations', columns: words('id name run_on') },
  { tool: 'kysely', table: 'kysely_migration', columns: words('name timestamp') },
  { table: 'kysely_migration_lock', columns: words('id is_locked') },
  { tool: 'sequelize', table: 'SequelizeMeta', columns: ['name'] },
  { tool: 'mikro-orm', table: 'mikro_orm_migrations', columns: words('id name executed_at') },
  {
    tool: 'flyway',
    table: 'flyway_schema_history',
    columns: words(
      'installed_rank version description type script checksum installed_by installed_on execution_time success',
    ),
  },
  { tool: 'golang-migrate', table: 'schema_migrations', columns: words('version dirty') },
  { tool: 'morph', table: 'db_migrations', columns: words('version name') },
  {
    tool: 'sqlx',
    table: '_sqlx_migrations',
    columns: words('version description installed_on success checksum execution_time'),
  },
  { tool: 'diesel', table: '__diesel_schema_migrations', columns: words('version run_on') },
  { tool: 'supabase', table: 'schema_migrations', columns: words('version statements name') },
  // Rails, Django and goose.
  { table: 'schema_migrations', columns: ['version'] },
  { table: 'ar_internal_metadata', columns: words('key value created_at updated_at') },
  { table: 'django_migrations', columns: words('id app name applied') },
  { table: 'goose_db_version', columns: words('id version_id is_applied tstamp') },
] satisfies readonly ToolLedger[]

export interface FoundToolLedger {
  readonly tool: string | undefined
  readonly schema: string
  readonly table: string
}

/** The tables of other tools that are in a database, by their usual names and columns. */
export async function toolLedgersIn(client: ClientBase): Promise<readonly FoundToolLedger[]> {
  const { rows } = await client.query<{ schema: string; table: string; columns: readonly string[] }>(
    `SELECT n.nspname AS schema, c.relname AS "table", array_agg(a.attname::text) AS columns
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
      WHERE c.relname = ANY ($1) AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
      GROUP BY n.nspname, c.relname ORDER BY 1, 2`,
    [toolLedgers.map(({ table }) => table)],
  )
  const sorted = (columns: readonly string[]) => [...columns].sort().join(' ')
  return rows.flatMap(({ schema, table, columns }) => {
    const known: readonly ToolLedger[] = toolLedgers
    const found = known.find((each) => each.table === table && sorted(each.columns) === sorted(columns))
    return found === undefined ? [] : [{ tool: found.tool, schema, table }]
  })
}
