import type { ClientBase } from 'pg'
import { catalogQuery, qualifiedName, quoteIdent } from '../../postgres/index.ts'

interface Switch {
  readonly schema: string
  readonly table: string
  readonly kind: 'TRIGGER' | 'RULE'
  readonly name: string
  readonly state: keyof typeof stateWords
}

/** tgenabled and ev_enabled (manual, pg_trigger): origin, always, replica. */
const stateWords = { O: '', A: 'ALWAYS ', R: 'REPLICA ' } as const

/** Checks what was deferred, and defers nothing more in this transaction. */
export const checkConstraints = 'SET CONSTRAINTS ALL IMMEDIATE'

/**
 * Runs `body` with the triggers and rules of tables disabled one by one, while foreign keys are checked. Unlike {@link quietly}
 * it does not have the session make all of its plans again, which takes longer than the rows.
 * @returns undefined where `body` does, or where they cannot be disabled; then nothing is done
 */
export async function switchedOff<T>(
  client: ClientBase,
  oids: readonly string[],
  body: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const firing = await switches(client, oids, ['O', 'A'])
  if (firing.length === 0) return body()
  await client.query('SAVEPOINT mig_switched_off')
  try {
    await setAll(client, firing, () => 'DISABLE ')
    const result = await body()
    if (result !== undefined) {
      await client.query(checkConstraints)
      await setAll(client, firing, ({ state }) => `ENABLE ${stateWords[state]}`)
      await client.query('RELEASE SAVEPOINT mig_switched_off')
      return result
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
  }
  await client.query('ROLLBACK TO SAVEPOINT mig_switched_off; RELEASE SAVEPOINT mig_switched_off')
  return undefined
}

/**
 * Runs `body` with the triggers and rules of tables off, in the transaction that is open, and puts them back as they were.
 * `session_replication_role = replica` turns off foreign keys as well; it is for superusers. An owner's triggers and rules
 * are disabled one by one, and foreign keys are checked.
 * @param body told whether foreign keys are checked
 */
export async function quietly<T>(
  client: ClientBase,
  oids: readonly string[],
  body: (checksReferences: boolean) => Promise<T>,
): Promise<T> {
  const isReplica = await becomeReplica(client)
  const firing = await switches(client, oids, isReplica ? ['A', 'R'] : ['O', 'A'])
  await setAll(client, firing, () => 'DISABLE ')
  const result = await body(!isReplica)
  await client.query(checkConstraints)
  await setAll(client, firing, ({ state }) => `ENABLE ${stateWords[state]}`)
  if (isReplica) await client.query('SET LOCAL session_replication_role = DEFAULT')
  return result
}

async function becomeReplica(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ may: boolean }>(
    `SELECT rolsuper AS may FROM pg_roles WHERE rolname = current_user`,
  )
  if (rows[0]?.may === true) {
    await client.query('SET LOCAL session_replication_role = replica')
    return true
  }
  // GRANT SET ON PARAMETER, since PostgreSQL 15, and what hosts grant in ways of their own.
  await client.query('SAVEPOINT mig_quiet')
  try {
    await client.query('SET LOCAL session_replication_role = replica')
    await client.query('RELEASE SAVEPOINT mig_quiet')
    return true
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === '42501')) throw error
    await client.query('ROLLBACK TO SAVEPOINT mig_quiet')
    return false
  }
}

async function switches(
  client: ClientBase,
  oids: readonly string[],
  states: readonly Switch['state'][],
): Promise<readonly Switch[]> {
  const { rows } = await catalogQuery<Switch>(
    client,
    `WITH own AS (
       SELECT c.oid, n.nspname AS schema, c.relname AS "table" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.oid = ANY ($1::text[]::oid[]) OR (c.relispartition AND pg_partition_root(c.oid) = ANY ($1::text[]::oid[]))
     )
     SELECT schema, "table", 'TRIGGER' AS kind, tgname AS name, tgenabled AS state
     FROM own JOIN pg_trigger ON tgrelid = own.oid AND NOT tgisinternal WHERE tgenabled = ANY ($2::"char"[])
     UNION ALL
     SELECT schema, "table", 'RULE', rulename, ev_enabled
     FROM own JOIN pg_rewrite ON ev_class = own.oid WHERE ev_enabled = ANY ($2::"char"[])`,
    [oids, states],
  )
  return rows
}

async function setAll(
  client: ClientBase,
  all: readonly Switch[],
  verb: (each: Switch) => string,
): Promise<void> {
  if (all.length === 0) return
  const statements = all.map((each) => {
    const table = qualifiedName(each.schema, each.table)
    return `ALTER TABLE ${each.kind === 'TRIGGER' ? 'ONLY ' : ''}${table} ${verb(each)}${each.kind} ${quoteIdent(each.name)}`
  })
  await client.query(statements.join(';\n'))
}
