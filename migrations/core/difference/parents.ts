import { buildFactBase, type Fact, type FactBase, type StableId } from '@supabase/pg-delta/core'
import type { ClientBase } from 'pg'
import { idKey } from './ids.ts'

export interface TableName {
  readonly schema: string
  readonly name: string
}

/**
 * The tables that a table inherits from, in the order of CREATE TABLE … INHERITS (`pg_inherits.inhseqno`), or the
 * partitioned table that it is a partition of.
 */
export function parentsOf(facts: FactBase, table: StableId): readonly TableName[] {
  return parentsIn(facts.get(table)?.payload ?? {})
}

/** As {@link parentsOf}, from the payload of the table's fact. */
export function parentsIn(payload: Fact['payload']): readonly TableName[] {
  const first = (payload.parentTable ?? undefined) as (TableName & Others) | undefined
  if (first === undefined) return []
  const { schema, name, others = [] } = first
  return [{ schema, name }, ...others]
}

interface Others {
  /** Of a table that inherits from several: all parents but the first, which is the one that the engine knows. */
  readonly others?: readonly TableName[]
}

/** The facts with every parent of a table that inherits from several. */
export async function withEveryParent(client: ClientBase, base: FactBase): Promise<FactBase> {
  const { rows } = await client.query<TableName & { parents: { schema: string; name: string }[] }>(`
    SELECT n.nspname AS schema, c.relname AS name,
           json_agg(json_build_object('schema', pn.nspname, 'name', pc.relname) ORDER BY i.inhseqno) AS parents
    FROM pg_inherits i
    JOIN pg_class c ON c.oid = i.inhrelid AND c.relkind IN ('r', 'p')
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_class pc ON pc.oid = i.inhparent
    JOIN pg_namespace pn ON pn.oid = pc.relnamespace
    GROUP BY n.nspname, c.relname HAVING count(*) > 1`)
  if (rows.length === 0) return base
  const parents = new Map(
    rows.map(({ schema, name, parents: all }) => [idKey({ kind: 'table', schema, name }), all]),
  )
  const facts = base.facts().map((fact): Fact => {
    const [first, ...others] = fact.id.kind === 'table' ? (parents.get(idKey(fact.id)) ?? []) : []
    return first === undefined
      ? fact
      : { ...fact, payload: { ...fact.payload, parentTable: { ...first, others } } }
  })
  return buildFactBase(facts, [...base.edges], base.source)
}
