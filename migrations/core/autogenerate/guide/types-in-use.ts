import type { PoolClient } from 'pg'
import type { Action, Catalog, Scope } from '../engine/index.ts'
import { changedTypes } from '../engine/index.ts'
import { repairFor } from './repairs.ts'
import { tryActions } from './trial.ts'

/**
 * Moves the columns of a type that must be made anew (a domain with another base type, a range, a composite
 * or an enum that loses values under other types) to text, so that the type can go; the next difference
 * moves them to the new type. PostgreSQL drops no type that a column uses.
 */
export async function freeTypesInUse(
  client: PoolClient,
  from: Catalog,
  to: Catalog,
  scope: Scope,
): Promise<readonly Action[]> {
  const actions: Action[] = []
  for (const id of changedTypes(from, to, scope)) {
    const { rows } = await client.query<{ schema: string; table: string; column: string; array: boolean }>(
      `SELECT n.nspname AS schema, c.relname AS table, a.attname AS column, a.atttypid = t.typarray AS array
       FROM pg_type t
       JOIN pg_namespace tn ON tn.oid = t.typnamespace
       JOIN pg_attribute a ON a.atttypid IN (t.oid, t.typarray) AND NOT a.attisdropped AND a.attgenerated = ''
       JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE tn.nspname = $1 AND t.typname = $2
         AND NOT (a.attinhcount > 0)
       ORDER BY 1, 2, 3`,
      [id.schema, id.name],
    )
    for (const { schema, table, column, array } of rows) {
      const name = `"${column.replaceAll('"', '""')}"`
      const relation = `"${schema.replaceAll('"', '""')}"."${table.replaceAll('"', '""')}"`
      const text = array ? 'text[]' : 'text'
      actions.push(
        move({ schema, table, column }, `ALTER TABLE ${relation} ALTER COLUMN ${name} DROP DEFAULT`, false),
        move(
          { schema, table, column },
          `ALTER TABLE ${relation} ALTER COLUMN ${name} TYPE ${text} USING ${name}::${text}`,
          true,
        ),
      )
    }
  }
  const trial = await tryActions(client, actions, repairFor)
  return trial.refused.length > 0 ? [] : trial.done
}

function move(at: { schema: string; table: string; column: string }, sql: string, rewrites: boolean): Action {
  return {
    sql,
    produces: [],
    consumes: [{ kind: 'column', schema: at.schema, table: at.table, name: at.column }],
    destroys: [],
    lock: 'accessExclusive',
    rewrites,
    losesData: false,
    transaction: 'plain',
    needsCommitBefore: false,
    verb: 'alter',
  }
}
