import type { Client } from 'pg'
import { excludedTables } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import {
  compareFingerprints,
  fingerprintChangesText,
  qualifiedName,
  quoteIdent,
  schemasInUse,
  toolLedgersIn,
} from '../../postgres/index.ts'
import { type ScratchOptions, withScratchDatabase } from '../../scratch/database.ts'
import { fingerprintOf } from '../../scratch/state.ts'
import type { Surroundings } from '../../scratch/surroundings/surroundings.ts'
import type { BuildModels } from '../../sources/index.ts'
import { actionsFromNothing } from '../search/from-nothing.ts'

/**
 * How a program's schema becomes statements: in a scratch database of its own it builds what it wants; the difference of
 * that to an empty one is the DDL, which is only given when it makes an equal database.
 * @param schemas those of the schema map: not every tool makes them itself
 * @param surroundings what is there for the program to refer to
 */
export function modelBuilder(
  scratch: ScratchOptions,
  schemas: readonly string[],
  surroundings: Pick<Surroundings, 'ofPrograms'> | undefined,
): BuildModels {
  return (fill, ledgers) =>
    withScratchDatabase(scratch, async ({ client, url }) => {
      for (const schema of schemas) await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdent(schema)}`)
      const others = (await surroundings?.ofPrograms(client)) ?? []
      await fill(url)
      await dropLedgers(client, ledgers)
      const used = (await schemasInUse(client, [])).filter((schema) => !others.includes(schema))
      if (used.length === 0) return []
      return withScratchDatabase(scratch, async (empty) => {
        await surroundings?.ofPrograms(empty.client)
        return statementsOf(client, empty.client, used, others)
      })
    })
}

/** Drops the tables of tools, which are not models, and those of some names. */
async function dropLedgers(client: Client, names: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ schema: string; table: string }>(
    `SELECT n.nspname AS schema, c.relname AS "table" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relname = ANY ($1) AND c.relkind IN ('r', 'p')`,
    [names],
  )
  for (const { schema, table } of [...(await toolLedgersIn(client)), ...rows])
    await client.query(`DROP TABLE IF EXISTS ${qualifiedName(schema, table)} CASCADE`)
}

async function statementsOf(
  client: Client,
  empty: Client,
  schemas: readonly string[],
  others: readonly string[],
): Promise<readonly string[]> {
  const scope = { schemas, excludes: excludedTables([]), privileges: false }
  const actions = await actionsFromNothing(client, empty, { ...scope, others })
  const [built, made] = [await fingerprintOf(client, scope), await fingerprintOf(empty, scope)]
  if (built.hash !== made.hash) {
    const differences = fingerprintChangesText(compareFingerprints(made, built))
    throw new MigError(
      'program-objects',
      `what the program built has objects that are not compared:\n${differences}`,
      {
        help: 'declare them in an .sql model, and remove them from what the program builds',
      },
    )
  }
  return [
    ...schemas.map((schema) => `CREATE SCHEMA IF NOT EXISTS ${quoteIdent(schema)}`),
    ...actions.map(({ sql }) => sql),
  ]
}
