import { buildFactBase, type Fact, type FactBase } from '@supabase/pg-delta/core'
import type { ClientBase, QueryResult } from 'pg'

/**
 * The facts with the defaults of domains rewritten. PostgreSQL keeps the text of such a default as it was when the
 * domain was made (pg_type.typdefault), with names as short as the search_path of that time allowed.
 */
export async function withWholeDomainDefaults(client: ClientBase, base: FactBase): Promise<FactBase> {
  const hasDefault = ({ id, payload }: Fact) => id.kind === 'domain' && payload.default !== null
  if (!base.facts().some(hasDefault)) return base
  // Several statements in one message give several results.
  const results = (await client.query(defaultsQuery)) as unknown as readonly QueryResult<DefaultRow>[]
  const rows = results.flatMap((result) => result.rows)
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
  BEGIN; SET LOCAL search_path TO pg_catalog;
  SELECT n.nspname AS schema, t.typname AS name, pg_get_expr(t.typdefaultbin, 0) AS expression
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
  WHERE t.typtype = 'd' AND t.typdefaultbin IS NOT NULL;
  COMMIT`
