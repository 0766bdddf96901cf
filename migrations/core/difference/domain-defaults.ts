import { buildFactBase, type Fact, type FactBase } from '@supabase/pg-delta/core'
import type { ClientBase } from 'pg'

/**
 * The facts with the defaults of domains rewritten, as they are under the search_path of now. PostgreSQL keeps the text of such a default as it was when the
 * domain was made (pg_type.typdefault), with names as short as the search_path of that time allowed.
 */
export async function withWholeDomainDefaults(client: ClientBase, base: FactBase): Promise<FactBase> {
  const hasDefault = ({ id, payload }: Fact) => id.kind === 'domain' && payload.default !== null
  if (!base.facts().some(hasDefault)) return base
  const { rows } = await client.query<DefaultRow>(defaultsQuery)
  const expressions = new Map(rows.map(({ schema, name, expression }) => [`${schema}\0${name}`, expression]))
  const facts = base.facts().map((fact): Fact => {
    const { id } = fact
    const expression = id.kind === 'domain' ? expressions.get(`${id.schema}\0${id.name}`) : undefined
    return expression === undefined ? fact : { ...fact, payload: { ...fact.payload, default: expression } }
  })
  return buildFactBase(facts, [...base.edges], base.source)
}

interface DefaultRow {
  readonly schema: string
  readonly name: string
  readonly expression: string
}

const defaultsQuery = `
  SELECT n.nspname AS schema, t.typname AS name, pg_get_expr(t.typdefaultbin, 0) AS expression
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
  WHERE t.typtype = 'd' AND t.typdefaultbin IS NOT NULL`
