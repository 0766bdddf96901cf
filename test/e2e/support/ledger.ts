import type { ClientBase } from 'pg'
import { type Fingerprint, readFingerprint } from '../../../migrations/core/postgres/fingerprint/index.ts'

/** The schemas of the example. */
export const exampleSchemas = ['rfx_user', 'rfx_policy', 'rfx_message']

/** The ids of the example, as they are applied to an empty database. */
export const exampleRevisions = {
  user: ['6b1f0c9d24a7', 'c40e7a51b3d8', '1d9a3be8f056'],
  policy: ['f2c86e03a91b', '07d5b4ec6a3f', 'a8e3195dc074'],
  message: ['93c7d02f6be1', '5ea4107bd93c', 'be60f8c2917d'],
} as const

/** Target schema → the heads in `mig.version`; empty without a ledger. */
export async function versions(
  client: ClientBase,
  ledgerSchema = 'mig',
): Promise<Readonly<Record<string, readonly string[]>>> {
  const exists = await client.query(`SELECT to_regclass($1) IS NOT NULL AS is`, [`${ledgerSchema}.version`])
  if (!exists.rows[0]?.is) return {}
  const { rows } = await client.query<{ target_schema: string; revisions: string[] }>(
    `SELECT target_schema, array_agg(revision ORDER BY revision) AS revisions
     FROM ${ledgerSchema}.version GROUP BY target_schema ORDER BY target_schema`,
  )
  return Object.fromEntries(rows.map((row) => [row.target_schema, row.revisions]))
}

/** The log without what two runs of the same plan may have different: times, places, ids. */
export async function logRows(client: ClientBase): Promise<readonly Record<string, unknown>[]> {
  const { rows } = await client.query<Record<string, unknown>>(
    `SELECT who, direction, line, revision, target_schema, checksum, outcome, error, tool_version
     FROM mig.log ORDER BY id`,
  )
  return rows
}

/** What the example's schemas hold. */
export function fingerprint(client: ClientBase, schemas = exampleSchemas): Promise<Fingerprint> {
  return readFingerprint(client, { schemas, columnOrder: true, privileges: true })
}

/** Drops every schema of users but `public`, so that the next test begins with nothing. */
export async function empty(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ sql: string }>(
    `SELECT coalesce(string_agg(format('DROP SCHEMA %I CASCADE', nspname), ';'), '') AS sql FROM pg_namespace
     WHERE nspname !~ '^pg_' AND nspname NOT IN ('public', 'information_schema')`,
  )
  await client.query(`SET client_min_messages = warning; ${rows[0]?.sql ?? ''}`)
}
