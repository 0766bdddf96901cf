import { buildFactBase, type Fact, type FactBase } from '@supabase/pg-delta/core'
import type { ClientBase } from 'pg'

/** Ends a virtual generated column's expression, so that it differs from a stored one's; see plan.ts. */
export const virtualMark = ' /* virtual */'

/** Ends the definition of a partitioned table's index that some partitions do not have; see plan.ts. */
export const onlyMark = ' /* only */'

/**
 * The facts with three states that the engine does not tell apart: a generated column that is virtual (PostgreSQL 18), an
 * index of a partitioned table that not every partition has (CREATE INDEX … ON ONLY), and a NOT NULL constraint that is
 * NOT VALID (PostgreSQL 18), which counts as none here: it is an extra.
 */
export async function withInvisibleStates(client: ClientBase, base: FactBase): Promise<FactBase> {
  const { rows } = await client.query<{ state: State; key: string[] }>(query)
  const found = new Map(rows.map(({ state, key }) => [key.join('\0'), state]))
  const all = base.facts()
  const facts = all.map((fact) => {
    const state = found.get(keyOf(fact) ?? '')
    return state === undefined ? toValidate(fact) : marked(fact, state)
  })
  if (facts.every((fact, at) => fact === all[at])) return base
  return buildFactBase(facts, [...base.edges], base.source)
}

/** NOT VALID is said once, by `validated`: then VALIDATE CONSTRAINT is enough, and nothing is dropped. */
function toValidate(fact: Fact): Fact {
  const { def } = fact.payload
  if (fact.id.kind !== 'constraint' || typeof def !== 'string' || !def.endsWith(notValid)) return fact
  return { ...fact, payload: { ...fact.payload, def: def.slice(0, -notValid.length) } }
}

const notValid = ' NOT VALID'

type State = 'virtual' | 'only' | 'not valid'

function keyOf({ id }: Fact): string | undefined {
  if (id.kind === 'column') return [id.schema, id.table, id.name].join('\0')
  return id.kind === 'index' ? [id.schema, id.name].join('\0') : undefined
}

function marked(fact: Fact, state: State): Fact {
  const { payload } = fact
  if (state === 'not valid') return { ...fact, payload: { ...payload, notNull: false } }
  const [name, mark] =
    state === 'virtual' ? (['generatedExpr', virtualMark] as const) : (['def', onlyMark] as const)
  return { ...fact, payload: { ...payload, [name]: `${String(payload[name])}${mark}` } }
}

const query = `
  SELECT 'virtual' AS state, ARRAY[n.nspname, c.relname, a.attname]::text[] AS key
  FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE a.attgenerated = 'v' AND NOT a.attisdropped
  UNION ALL
  SELECT 'only', ARRAY[n.nspname, c.relname]::text[]
  FROM pg_index i
  JOIN pg_class c ON c.oid = i.indexrelid AND c.relkind = 'I'
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE NOT i.indisvalid
  UNION ALL
  SELECT 'not valid', ARRAY[n.nspname, c.relname, a.attname]::text[]
  FROM pg_constraint k
  JOIN pg_class c ON c.oid = k.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
  WHERE k.contype = 'n' AND NOT k.convalidated`
