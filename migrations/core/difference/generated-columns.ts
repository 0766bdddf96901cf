import { buildFactBase, type Fact, type FactBase } from '@supabase/pg-delta/core'
import type { Change } from '../change.ts'
import { qualifiedName, quoteIdent } from '../postgres/index.ts'
import type { Action } from './action.ts'
import type { Catalog } from './catalog.ts'
import { type ColumnId, idKey, type ObjectId, objectName } from './ids.ts'
import { virtualMark } from './invisible-states.ts'
import { ownAction } from './own-action.ts'

/** A generated column that stays, with another expression. */
export interface NewExpression {
  readonly column: ColumnId
  readonly from: string
  readonly to: string
  readonly isVirtual: boolean
}

/** The first PostgreSQL with ALTER COLUMN … SET EXPRESSION (manual, ALTER TABLE). */
export const setExpressionSince = 17

/**
 * The generated columns whose expression alone differs, where the server can set it. PostgreSQL refuses that for a
 * virtual column of a table with a check constraint, or one that is published.
 */
export function newExpressions(
  source: FactBase,
  wanted: FactBase,
  { serverVersion }: Pick<Catalog, 'serverVersion'>,
): readonly NewExpression[] {
  if (Number.parseInt(serverVersion, 10) < setExpressionSince) return []
  return source.facts().flatMap((fact): readonly NewExpression[] => {
    const { id, payload, parent } = fact
    const next = wanted.get(id)?.payload
    if (id.kind !== 'column' || parent?.kind !== 'table' || next === undefined) return []
    const [from, to] = [payload.generatedExpr, next.generatedExpr]
    if (typeof from !== 'string' || typeof to !== 'string' || from === to) return []
    const [wasVirtual, isVirtual] = [from, to].map((text) => text.endsWith(virtualMark))
    if (wasVirtual !== isVirtual || payload.type !== next.type || payload.collation !== next.collation)
      return []
    if (usesRetyped(fact, source, wanted)) return []
    if (isVirtual && (isChecked(source, wanted, parent) || isPublished(source))) return []
    const [old, now] = [from, to].map((text) => text.replace(virtualMark, ''))
    return [
      {
        column: { ...id, kind: 'column' },
        from: old ?? '',
        to: now ?? '',
        isVirtual: isVirtual === true,
      },
    ]
  })
}

/**
 * PostgreSQL changes the type of no column that a generated one uses (ALTER TABLE, 0A000), so the generated column goes
 * first and comes last, whatever its expression.
 */
function usesRetyped({ id }: Fact, source: FactBase, wanted: FactBase): boolean {
  const used = [source, wanted].flatMap((facts) => facts.outgoingEdges(id).map((edge) => edge.to))
  return used.some(
    (each) => each.kind === 'column' && source.get(each)?.payload.type !== wanted.get(each)?.payload.type,
  )
}

function isChecked(source: FactBase, wanted: FactBase, table: ObjectId): boolean {
  return [source, wanted].some((facts) =>
    facts.childrenOf(table).some(({ id, payload }) => id.kind === 'constraint' && payload.type === 'c'),
  )
}

function isPublished(source: FactBase): boolean {
  return source.facts().some(({ id }) => id.kind === 'publication')
}

/** The facts with the columns' next expressions, so that the engine sees no difference there. */
export function withExpressions(source: FactBase, changes: readonly NewExpression[]): FactBase {
  if (changes.length === 0) return source
  const next = new Map(changes.map((change) => [idKey(change.column), change]))
  const facts = source.facts().map((fact): Fact => {
    const change = next.get(idKey(fact.id))
    if (change === undefined) return fact
    const generatedExpr = `${change.to}${change.isVirtual ? virtualMark : ''}`
    return { ...fact, payload: { ...fact.payload, generatedExpr } }
  })
  return buildFactBase(facts, [...source.edges], source.source)
}

/** Actions with SET EXPRESSION among them: after what comes, before what goes. */
export function settingExpressions(
  actions: readonly Action[],
  changes: readonly NewExpression[],
  source: FactBase,
  wanted: FactBase,
): readonly Action[] {
  if (changes.length === 0) return actions
  const last = actions.findLastIndex(({ produces }) => produces.some(({ kind }) => builtOn.has(kind)))
  const sets = changes.map((change) => setExpression(change, source, wanted))
  return [...actions.slice(0, last + 1), ...sets, ...actions.slice(last + 1)]
}

/** What an expression may name. */
const builtOn: ReadonlySet<string> = new Set(['function', 'column', 'type', 'domain'])

function setExpression({ column, to, isVirtual }: NewExpression, source: FactBase, wanted: FactBase): Action {
  const table: ObjectId = { kind: 'table', schema: column.schema, name: column.table }
  const name = quoteIdent(column.name)
  const sql = `ALTER TABLE ${qualifiedName(column.schema, column.table)} ALTER COLUMN ${name} SET EXPRESSION AS (${to})`
  const needs = [source, wanted].flatMap((facts) => facts.outgoingEdges(column).map((edge) => edge.to))
  return ownAction(sql, [column, table], { rewrites: !isVirtual, needs })
}

/** The change as a person reads it. */
export function expressionChange({ column, from, to }: NewExpression): Change {
  const detail = `generated expr ${from} → ${to}`.replace(/\s+/g, ' ')
  return { verb: 'change', kind: 'column', name: objectName(column), schema: column.schema, detail }
}
