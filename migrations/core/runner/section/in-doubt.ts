import type { ClientBase } from 'pg'
import { exitCodes, MigError } from '../../errors.ts'
import type { PendingStatement } from '../../ledger/index.ts'
import { catalogName, qualifiedName, quoteLiteral } from '../../postgres/index.ts'
import { ownRows } from '../statement/own-sql.ts'
import { runStatement } from '../statement/statement.ts'
import type { StatementKind } from '../statement/statement-kind.ts'
import type { SectionContext } from './section.ts'

/** An index as the catalog has it. */
interface FoundIndex {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly valid: boolean
  /** The pid of another session that builds it at this moment. */
  readonly builtBy: number | null
}

/** The oids of the indexes of the table that an index is built on. */
export async function indexesOf(client: ClientBase, found: StatementKind): Promise<readonly number[]> {
  if (found.kind !== 'create-index') return []
  return (await tableIndexes(client, found.table)).map(({ oid }) => oid)
}

/**
 * Was a statement that an earlier run had begun carried through? False for what leaves no trace in the catalog.
 */
export async function isDoneInCatalog(
  { context }: SectionContext,
  found: StatementKind,
  doubt: PendingStatement,
): Promise<boolean> {
  const { client } = context.session
  switch (found.kind) {
    case 'create-index': {
      const named = found.index === null ? undefined : lastName(found.index)
      const indexes = await tableIndexes(client, found.table)
      return indexes.some(
        ({ oid, name, valid }) =>
          valid && !doubt.indexes.includes(oid) && (named === undefined || name === named),
      )
    }
    case 'drop-index': {
      return (await relationOid(client, found.index)) === null
    }
    case 'detach':
      return finishDetach(client, found.table, found.partition)
    default:
      return false
  }
}

/**
 * Drops what a failed concurrent build has left: the INVALID index of the name, or of the statement under way, and
 * the `_ccnew` and `_ccold` indexes of REINDEX (manual, REINDEX, "Rebuilding Indexes Concurrently").
 * @throws MigError `index-being-built` when another session is building it.
 */
export async function dropInvalidIndexes(
  at: SectionContext,
  found: StatementKind,
  doubt: PendingStatement | null,
  lockTimeout: number,
): Promise<void> {
  const { session } = at.context
  for (const { schema, name, builtBy } of await leftBehind(
    session.client,
    at.step.targetSchema,
    found,
    doubt,
  )) {
    if (builtBy !== null) throw beingBuilt(name, builtBy)
    const message = `index ${name} is INVALID: a failed build left it; it is dropped and built again`
    session.emit({ event: 'notice', severity: 'INFO', message })
    const sql = `DROP INDEX CONCURRENTLY IF EXISTS ${qualifiedName(schema, name)}`
    await runStatement(session, at.step, { sql }, lockTimeout)
  }
}

async function leftBehind(
  client: ClientBase,
  targetSchema: string,
  found: StatementKind,
  doubt: PendingStatement | null,
): Promise<readonly FoundIndex[]> {
  if (found.kind === 'create-index') {
    const invalid = (await tableIndexes(client, found.table)).filter(({ valid }) => !valid)
    const named = found.index === null ? undefined : lastName(found.index)
    return invalid.filter(({ oid, name }) =>
      named === undefined ? doubt !== null && !doubt.indexes.includes(oid) : name === named,
    )
  }
  if (found.kind !== 'reindex') return []
  const indexes =
    found.what === 'TABLE' || found.what === 'INDEX'
      ? await tableIndexes(client, found.name ?? '')
      : await schemaIndexes(client, targetSchema)
  return indexes.filter(({ valid, name }) => !valid && /_cc(new|old)\d*$/.test(name))
}

/** What a name as the revision writes it means under its search_path; null for nothing. */
async function relationOid(client: ClientBase, name: string): Promise<number | null> {
  const { rows } = await client.query<{ oid: number | null }>(
    'SELECT pg_catalog.to_regclass($1)::pg_catalog.oid AS oid',
    [name],
  )
  return rows[0]?.oid ?? null
}

// An oid has 32 bits and no sign; the driver gives a bigint as text.
const columns = `c.oid::int8::float8 AS oid, n.nspname AS schema, c.relname AS name, x.indisvalid AS valid,
  (SELECT pid FROM pg_stat_progress_create_index WHERE index_relid = c.oid AND pid <> pg_backend_pid() LIMIT 1) AS "builtBy"
  FROM pg_index AS x JOIN pg_class AS c ON c.oid = x.indexrelid AND c.relkind = 'i' JOIN pg_namespace AS n ON n.oid = c.relnamespace`

/** The indexes of a table, or of the table of an index; none where there is no such name. */
async function tableIndexes(client: ClientBase, relation: string): Promise<readonly FoundIndex[]> {
  const oid = (await relationOid(client, relation)) ?? 0
  return ownRows<FoundIndex>(
    client,
    `SELECT ${columns} WHERE x.indrelid = coalesce((SELECT indrelid FROM pg_index WHERE indexrelid = ${oid}), ${oid})`,
  )
}

async function schemaIndexes(client: ClientBase, schema: string): Promise<readonly FoundIndex[]> {
  return ownRows<FoundIndex>(client, `SELECT ${columns} WHERE n.nspname = ${quoteLiteral(schema)}`)
}

/** True when the partition is detached; carries a detachment that was begun through to its end. */
async function finishDetach(client: ClientBase, table: string, partition: string): Promise<boolean> {
  const [child, parent] = [await relationOid(client, partition), await relationOid(client, table)]
  const rows = await ownRows<{ pending: boolean }>(
    client,
    `SELECT inhdetachpending AS pending FROM pg_inherits WHERE inhrelid = ${child ?? 0} AND inhparent = ${parent ?? 0}`,
  )
  const [row] = rows
  if (row?.pending) await client.query(`ALTER TABLE ${table} DETACH PARTITION ${partition} FINALIZE`)
  return row === undefined || row.pending
}

/** The catalog's name for the last part of a name as it is written in SQL. */
function lastName(name: string): string {
  return catalogName(name.match(/"(?:[^"]|"")*"|[^."]+/g)?.at(-1) ?? '')
}

function beingBuilt(index: string, pid: number): MigError {
  return new MigError('index-being-built', `index ${index} is being built by another session, pid ${pid}`, {
    help: 'wait until it is ready, then run the same command again; see just mig-status',
    exitCode: exitCodes.stepFailed,
    facts: { index, pid },
  })
}
