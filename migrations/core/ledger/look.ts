import type { ClientBase } from 'pg'
import { MigError } from '../errors.ts'
import { catalogQuery, quoteIdent } from '../postgres/index.ts'
import { outcomeCheck, ownTablesSql } from './own.ts'
import { readOnly } from './permission.ts'

/** The last column that a version of the tool has added to the log. */
const newestColumn = 'objects'

interface Found {
  readonly table: 'version' | 'log' | 'progress'
  /** pg_class.relkind; null where there is nothing of the name. */
  readonly kind: string | null
  readonly columns: readonly string[]
  readonly checks: readonly string[]
  /** What of it is not ours. */
  readonly foreign: string | null
  /** A role that is not trusted and owns the schema, or the table. */
  readonly schemaOwner: string | null
  readonly owner: string | null
  readonly readOnly: boolean
}

/**
 * Whether the ledger's tables are there as this version of the tool writes them. Code of another role must not run in
 * them as the current one, so their owner must be trusted.
 * @throws MigError `foreign-ledger` where a name of them is taken by something else, or by somebody else; `read-only`
 *   where nothing can be written
 */
export async function isLedgerReady(client: ClientBase, ledgerSchema: string): Promise<boolean> {
  const rows = await ownTables(client, ledgerSchema)
  noteLooked(client, ledgerSchema)
  for (const found of rows) checkOwner(ledgerSchema, found)
  if (rows.some((found) => found.readOnly)) throw await readOnly(client, ledgerSchema)
  return rows.every(
    ({ table, kind, columns, checks }) =>
      kind !== null && (table !== 'log' || (columns.includes(newestColumn) && checks.includes(outcomeCheck))),
  )
}

const looked = new WeakMap<ClientBase, Set<string>>()

/**
 * Looks once in a session, before the ledger is read, that reading runs no code: what has its tables' names could be a
 * view. Whose they are does not matter for that.
 * @throws MigError `foreign-ledger`
 */
export async function lookOnce(client: ClientBase, ledgerSchema: string): Promise<void> {
  if (looked.get(client)?.has(ledgerSchema)) return
  await ownTables(client, ledgerSchema)
  noteLooked(client, ledgerSchema)
}

/**
 * Notes that the ledger was looked at, by this session or by another of the run on the same database: the look takes longer
 * than most revisions.
 */
export function noteLooked(client: ClientBase, ledgerSchema: string): void {
  looked.set(client, (looked.get(client) ?? new Set()).add(ledgerSchema))
}

/**
 * The role's own setting must not change how PostgreSQL writes types and checks, until the transaction ends. What refers to
 * it laterally is computed after it.
 */
const asWritten = `(SELECT pg_catalog.set_config('quote_all_identifiers', 'off', true) AS quotes OFFSET 0) AS written`

/** What there is under the names of the ledger's tables. @throws MigError `foreign-ledger` */
export async function ownTables(client: ClientBase, ledgerSchema: string): Promise<readonly Found[]> {
  const { rows } = await catalogQuery<Found>(
    client,
    `SELECT found.*, pg_catalog.current_setting('transaction_read_only') = 'on' AS "readOnly"
     FROM ${asWritten} CROSS JOIN LATERAL (${ownTablesSql(ledgerSchema)} WHERE written.quotes = 'off') AS found`,
  )
  for (const found of rows) checkOwn(ledgerSchema, found)
  return rows
}

function checkOwn(ledgerSchema: string, { table, kind, columns, foreign }: Found): void {
  if (kind === null || foreign === null) return
  const name = `${quoteIdent(ledgerSchema)}.${table}`
  const renamed = kind === 'v' ? 'VIEW' : kind === 'f' ? 'FOREIGN TABLE' : 'TABLE'
  throw new MigError('foreign-ledger', `${name} is not a ledger table: ${foreign}`, {
    help: `give the ledger a schema of its own, ledgerSchema: 'just_mig' in env.ts; or rename what is there: ALTER ${renamed} ${name} RENAME TO …`,
    facts: { ledgerSchema, table, kind, columns },
  })
}

function checkOwner(ledgerSchema: string, { table, schemaOwner, owner }: Found): void {
  const role = schemaOwner ?? owner
  if (role === null) return
  const mig = quoteIdent(ledgerSchema)
  const [what, command] =
    schemaOwner === null ? [`${mig}.${table}`, `TABLE ${mig}.${table}`] : [`schema ${mig}`, `SCHEMA ${mig}`]
  throw new MigError(
    'foreign-ledger',
    `${what} belongs to role ${role}, and its triggers and defaults would run with your rights`,
    {
      help: `run as ${role}; or, when you know what is in it, take it over: ALTER ${command} OWNER TO CURRENT_USER; several logins share a ledger through a role without login that owns it and that they are in; or give the ledger another schema: ledgerSchema: 'just_mig' in env.ts`,
      facts: { ledgerSchema, table, owner: role },
    },
  )
}
