import type { Client } from 'pg'
import { scratchRoleOf } from './client.ts'

/**
 * What `body` gives in a transaction that is rolled back, so that the scratch database is afterwards what it was before.
 * Undefined where something does not go within one transaction, or leaves more than that takes away: then the database is
 * of no more use, and what `body` would have thrown shows on one of its own.
 */
export async function rolledBack<T>(client: Client, body: () => Promise<T>): Promise<T | undefined> {
  const role = scratchRoleOf(client)
  const roles = role?.concerned.size
  await client.query('BEGIN')
  const id = await transaction(client)
  try {
    const value = await body()
    const isOne = client.getTransactionStatus() === 'T' && (await transaction(client)) === id
    // Roles are made outside the database.
    return isOne && role?.concerned.size === roles ? value : undefined
  } catch {
    return undefined
  } finally {
    await client.query('ROLLBACK')
  }
}

/** A transaction that ended in between, and another that was begun, have another id. */
async function transaction(client: Client): Promise<string | undefined> {
  const { rows } = await client.query<{ id: string }>(
    'SELECT pg_catalog.pg_current_xact_id()::pg_catalog.text AS id',
  )
  return rows[0]?.id
}
