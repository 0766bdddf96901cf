import type { FactBase } from '@supabase/pg-delta/core'
import type { Action as EngineAction } from '@supabase/pg-delta/plan'
import { constantFacts, elementTypeName, schemaNameText, tableChange } from '../postgres/statement/index.ts'

/**
 * Whether an action may write each row of its table again. The engine says so of every column with a default, although a
 * constant touches no row, and of none that only has a domain, although its checks are held against each row
 * (ALTER TABLE, Notes, since PostgreSQL 11).
 */
export function mayRewrite(
  { sql, rewriteRisk }: Pick<EngineAction, 'sql' | 'rewriteRisk'>,
  wanted: FactBase,
): boolean {
  const change = tableChange(sql)
  if (change?.kind !== 'add column') return rewriteRisk
  const isOfType = typeKnown(change.type, wanted)
  if (isOfType === 'checked domain') return true
  if (change.default === undefined || change.isConstrained) return rewriteRisk
  const constant = constantFacts(change.default)
  const isPlain =
    constant !== undefined && isOfType === 'plain' && typeKnown(constant.type ?? '', wanted) === 'plain'
  return isPlain ? false : rewriteRisk
}

type Known = 'plain' | 'checked domain' | 'unknown'

/** A name in quotes or with a schema that is not among the facts may be a domain with checks. */
function typeKnown(type: string, wanted: FactBase): Known {
  if (!/[".]/.test(type)) return 'plain'
  const name = elementTypeName(type)
  const found = wanted
    .facts()
    .find(({ id }) => (id.kind === 'type' || id.kind === 'domain') && schemaNameText(id) === name)
  if (found === undefined) return 'unknown'
  // An array is not a domain, even where its elements are of one.
  if (found.id.kind === 'type' || type.endsWith('[]')) return 'plain'
  const isChecked =
    found.payload.notNull === true || wanted.childrenOf(found.id).some(({ id }) => id.kind === 'constraint')
  return isChecked ? 'checked domain' : typeKnown(String(found.payload.baseType), wanted)
}
