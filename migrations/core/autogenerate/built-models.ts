import type { Client } from 'pg'
import { excludedTables } from '../environment/index.ts'
import { MigError } from '../errors.ts'
import { compareFingerprints, fingerprintChangesText, quoteIdent, schemasInUse } from '../postgres/index.ts'
import { type ScratchOptions, withScratchDatabase } from '../postgres/scratch.ts'
import type { BuildModels } from '../sources/index.ts'
import { actionsFromNothing } from './from-nothing.ts'
import { fingerprintOf } from './state.ts'

/** Where tools keep what they have applied; none of it is a model. */
const knownLedgers = [
  'alembic_version',
  '__drizzle_migrations',
  '_prisma_migrations',
  'migrations',
  'typeorm_metadata',
  'knex_migrations',
  'knex_migrations_lock',
  'kysely_migration',
  'kysely_migration_lock',
  'pgmigrations',
  'SequelizeMeta',
  'mikro_orm_migrations',
  'flyway_schema_history',
  'schema_migrations',
  'ar_internal_metadata',
  'goose_db_version',
  'django_migrations',
]

/**
 * How a program's schema becomes statements: in a scratch database of its own it builds what it wants; the difference of
 * that to an empty one is the DDL, which is only given when it makes an equal database.
 * @param schemas those of the schema map: not every tool makes them itself
 */
export function modelBuilder(scratch: ScratchOptions, schemas: readonly string[]): BuildModels {
  return (fill, ledgers) =>
    withScratchDatabase(scratch, async ({ client, url }) => {
      for (const schema of schemas) await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdent(schema)}`)
      await fill(url)
      await dropLedgers(client, [...knownLedgers, ...ledgers])
      const used = await schemasInUse(client, [])
      if (used.length === 0) return []
      return withScratchDatabase(scratch, (empty) => statementsOf(client, empty.client, used))
    })
}

async function dropLedgers(client: Client, names: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ schema: string; name: string }>(
    `SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relname = ANY ($1) AND c.relkind IN ('r', 'p')`,
    [names],
  )
  for (const { schema, name } of rows)
    await client.query(`DROP TABLE IF EXISTS ${quoteIdent(schema)}.${quoteIdent(name)} CASCADE`)
}

async function statementsOf(
  client: Client,
  empty: Client,
  schemas: readonly string[],
): Promise<readonly string[]> {
  const scope = { schemas, excludes: excludedTables([]), privileges: false }
  const actions = await actionsFromNothing(client, empty, scope)
  const [built, made] = [await fingerprintOf(client, scope), await fingerprintOf(empty, scope)]
  if (built.hash !== made.hash) {
    const differences = fingerprintChangesText(compareFingerprints(made, built))
    throw new MigError(
      'program-objects',
      `what the program built has parts that are not compared:\n${differences}`,
      {
        help: 'write them into an .sql model beside it, and leave them out of what the program builds',
      },
    )
  }
  return [
    ...schemas.map((schema) => `CREATE SCHEMA IF NOT EXISTS ${quoteIdent(schema)}`),
    ...actions.map(({ sql }) => sql),
  ]
}
