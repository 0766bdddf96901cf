import type { ClientBase } from 'pg'
import { MigError } from '../errors.ts'
import { quoteIdent } from '../postgres/index.ts'
import { readOnly } from './permission.ts'

/** The ledger's tables, with columns by which each is told from another table of the name. */
const ownColumns = {
  version: ['target_schema', 'revision'],
  log: ['target_schema', 'revision', 'direction', 'outcome', 'tool_version'],
  progress: ['target_schema', 'revision', 'statement', 'digest'],
} as const

/** The last column that a version of the tool has added to the log. */
const newestColumn = 'objects'

interface Found {
  readonly table: keyof typeof ownColumns
  /** pg_class.relkind; null where there is nothing of the name. */
  readonly kind: string | null
  readonly columns: readonly string[]
  readonly readOnly: boolean
}

const kindNames: Readonly<Record<string, string>> = {
  v: 'a view',
  m: 'a materialized view',
  f: 'a foreign table',
  S: 'a sequence',
  i: 'an index',
  c: 'a type',
}

/**
 * Whether the ledger's tables are there as this version of the tool writes them.
 * @throws MigError `foreign-ledger` where a name of them is taken by something else; `read-only` where nothing can be
 *   written
 */
export async function isLedgerReady(client: ClientBase, ledgerSchema: string): Promise<boolean> {
  const rows = await ownTables(client, ledgerSchema)
  if (rows.some((found) => found.readOnly)) throw await readOnly(client, ledgerSchema)
  return rows.every(
    ({ table, kind, columns }) => kind !== null && (table !== 'log' || columns.includes(newestColumn)),
  )
}

/** What there is under the names of the ledger's tables. @throws MigError `foreign-ledger` */
export async function ownTables(client: ClientBase, ledgerSchema: string): Promise<readonly Found[]> {
  const { rows } = await client.query<Found>(
    `SELECT name AS table, c.relkind::text AS kind,
            ARRAY(SELECT attname::text FROM pg_catalog.pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) AS columns,
            current_setting('transaction_read_only') = 'on' AS "readOnly"
     FROM unnest($1::text[]) AS name LEFT JOIN pg_catalog.pg_class AS c
       ON c.relname::text = name AND c.relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname::text = $2)`,
    [Object.keys(ownColumns), ledgerSchema],
  )
  for (const found of rows) checkOwn(ledgerSchema, found)
  return rows
}

function checkOwn(ledgerSchema: string, { table, kind, columns }: Found): void {
  if (kind === null) return
  const name = `${quoteIdent(ledgerSchema)}.${table}`
  const lacking = ownColumns[table].find((column) => !columns.includes(column))
  const isTable = kind === 'r' || kind === 'p'
  if (isTable && lacking === undefined) return
  const why = isTable ? `it has no column ${lacking}` : `it is ${kindNames[kind] ?? 'no table'}`
  const renamed = kind === 'v' ? 'VIEW' : kind === 'f' ? 'FOREIGN TABLE' : 'TABLE'
  throw new MigError('foreign-ledger', `${name} is not the table of the ledger: ${why}`, {
    help: `give the ledger a schema of its own, ledgerSchema: 'just_mig' in env.ts; or rename what is there: ALTER ${renamed} ${name} RENAME TO …`,
    facts: { ledgerSchema, table, kind, columns },
  })
}
