import type { ClientBase } from 'pg'
import type { Action } from '../../difference/index.ts'
import { addressOf, sqlState } from './address.ts'
import { dependentsOf } from './dependents.ts'
import { dropOf } from './repairs.ts'
import type { Refusal, Repair } from './trial.ts'
import { type ColumnRow, columnsQuery, toText } from './types-in-use.ts'

/**
 * Moves to text what holds a domain inside an array, a composite or a range, where PostgreSQL refuses another check of
 * the domain for it (feature_not_supported: it cannot look at values in there). The check then goes in, and the next
 * difference moves the columns back, which holds each value against it.
 */
export async function domainRepair(
  client: ClientBase,
  { action, error }: Refusal,
): Promise<Repair | undefined> {
  const domain = [...action.produces, ...action.consumes].find(isOfDomain)
  if (sqlState(error) !== '0A000' || domain === undefined || !action.sql.startsWith('ALTER DOMAIN '))
    return undefined
  const { rows } = await client.query<ColumnRow>(containedQuery, [
    domain.schema,
    domain.kind === 'domain' ? domain.name : domain.table,
  ])
  if (rows.length === 0) return undefined
  const first: Action[] = []
  for (const row of rows) {
    const address = await addressOf(client, {
      kind: 'column',
      schema: row.schema,
      table: row.table,
      name: row.column,
    })
    const dependents = address === undefined ? [] : await dependentsOf(client, address, 'all')
    first.push(...(dependents ?? []).map((each) => dropOf(each, action)), ...toText(row))
  }
  return { first }
}

type OfDomain =
  | { readonly kind: 'domain'; readonly schema: string; readonly name: string }
  | { readonly kind: 'constraint'; readonly schema: string; readonly table: string }

function isOfDomain(id: Action['consumes'][number]): id is Action['consumes'][number] & OfDomain {
  return id.kind === 'domain' || id.kind === 'constraint'
}

/** The columns of the family whose type is more than the domain, or a domain over it. */
const containedQuery = `
  WITH RECURSIVE plain(oid) AS (
    SELECT t.oid FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname = $1 AND t.typname = $2
    UNION SELECT t.oid FROM pg_type t JOIN plain ON t.typbasetype = plain.oid AND t.typtype = 'd'
  )
  SELECT found.* FROM (${columnsQuery}) found
  JOIN pg_namespace n ON n.nspname = found.schema
  JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = found.table
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = found.column
  WHERE a.atttypid NOT IN (SELECT oid FROM plain)`
