import type { Client } from 'pg'
import { statementTable } from '../../../postgres/statement/index.ts'
import type { ConcernedTable, WithoutRows } from '../../../scratch/rows/index.ts'
import { sqlState } from '../../search/address.ts'

/** What stops a change that is tried with rows. */
export interface Problem {
  readonly error: Error
  readonly table: { readonly schema: string; readonly name: string } | undefined
}

/** A statement that PostgreSQL refused. */
export class Refused extends Error {
  readonly sql: string

  constructor(sql: string, cause: unknown) {
    super('refused', { cause })
    this.sql = sql
  }
}

/** A problem that rows make, `unknown` for any other: the proof itself shows it. */
export async function failureOf(run: () => Promise<void>): Promise<Problem | 'unknown' | undefined> {
  try {
    await run()
    return undefined
  } catch (refused) {
    const error = refused instanceof Refused ? refused.cause : refused
    const state = sqlState(error)
    if (!(refused instanceof Refused) || state === undefined || !(error instanceof Error)) throw error
    // data_exception and integrity_constraint_violation (manual, appendix A)
    return /^2[23]/.test(state) ? { error, table: tableOf(error, refused.sql) } : 'unknown'
  }
}

function tableOf(error: Error, sql: string): Problem['table'] {
  const [schema, table]: unknown[] = [Reflect.get(error, 'schema'), Reflect.get(error, 'table')]
  if (typeof schema === 'string' && typeof table === 'string') return { schema, name: table }
  const found = statementTable(sql)
  return found === undefined ? undefined : { schema: found.schema ?? '', name: found.name }
}

/** The tables of a problem by their names at the base state, with what refers to them; all, where it names none. */
export async function tablesOf(
  client: Client,
  { error, table }: Problem,
  tables: readonly ConcernedTable[],
): Promise<readonly WithoutRows[]> {
  const known = await namesOf(client, tables)
  const own = known.filter(
    ({ schema, name }) =>
      table !== undefined && name === table.name && (table.schema === '' || schema === table.schema),
  )
  const ids = new Set(own.map(({ oid }) => oid))
  if (ids.size > 0) {
    const { rows } = await client.query<{ own: string; other: string }>(
      `SELECT conrelid::text AS own, confrelid::text AS other FROM pg_constraint WHERE contype = 'f'`,
    )
    for (let count = -1; count !== ids.size; ) {
      count = ids.size
      for (const { own: from, other } of rows) if (ids.has(other)) ids.add(from)
    }
  }
  const found = ids.size === 0 ? known : known.filter(({ oid }) => ids.has(oid))
  return found.map((each) => ({ ...each, reason: error.message }))
}

/** The tables by their names. */
export async function namesOf(
  client: Client,
  tables: readonly ConcernedTable[],
): Promise<readonly Omit<WithoutRows, 'reason'>[]> {
  const { rows } = await client.query<Omit<WithoutRows, 'reason'>>(
    `SELECT c.oid::text, n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.oid = ANY ($1::text[]::oid[])`,
    [tables.map(({ oid }) => oid)],
  )
  return rows
}
