import { MigError } from '../../errors.ts'
import { type Branch, scopeOf } from '../graph/names.ts'
import { childrenOf, lineage, needsOf, type RevisionIndex, type RevisionNode, reach } from '../graph/nodes.ts'
import { historyOrder } from '../graph/order.ts'
import { checkOverlap, ledgerRows } from './rows.ts'
import {
  parseTarget,
  realHeads,
  type SymbolContext,
  symbolNode,
  symbolNodes,
  walk,
  walkedTooFar,
} from './target-syntax.ts'

export interface HistoryOptions {
  /** The rows of the ledger, for `current` in a range; unknown ones do not count. */
  readonly applied?: readonly string[]
  /** Schema keys to show; default: all. */
  readonly lines?: readonly string[]
}

/**
 * Revisions, newest first.
 * @param range `a:b`, `a:` or `:b`, both ends included; a lower end that is relative is down from the heads.
 *   (in `-N:current` from the first row where the heads are too near the base, and then base at the furthest).
 *   Only what descends from `a` along down_revision, and what `b` needs
 * @throws MigError `range-syntax`, `range-not-ancestor`, `overlapping-revisions`, `walked-too-far`,
 *   `cant-locate`, `ambiguous-prefix`, `prefix-too-short`, `not-branch-member`, `outside-filter`
 */
export function historyNodes(
  index: RevisionIndex,
  range: string | undefined,
  options: HistoryOptions = {},
): readonly RevisionNode[] {
  const scope = scopeOf(index, options.lines)
  const { rows } = ledgerRows(index, { applied: options.applied ?? [] }, true)
  const around: SymbolContext = { index, scope, rows }
  const [from, to] = endsOf(range)
  const lower = lowerEnd(around, from, to)
  const upper = upperEnd(around, to, lower).filter((node) => isOnBranchOf(index, from, node))
  checkOverlap(upper, 'the upper ends of the range')
  const required = reach(upper, needsOf)
  if (lower.some((node) => !required.has(node))) throw notAncestor(from, to, lower, upper)
  const shown = new Set([...required].filter((node) => scope.has(node)))
  if (lower.length > 0) {
    checkOverlap(lower, 'the lower ends of the range')
    const below = reach(lower, needsOf)
    const above = reach(lower, childrenOf)
    for (const node of shown) if (below.has(node) || !above.has(node)) shown.delete(node)
    for (const node of lower) shown.add(node)
  }
  return historyOrder(shown, upper, index.lines)
}

function endsOf(range: string | undefined): readonly [string, string] {
  if (range === undefined || range === '') return ['base', 'heads']
  const [from, to, ...more] = range.trim().split(':')
  if (from === undefined || to === undefined || more.length > 0) {
    throw new MigError('range-syntax', `'${range}' is not a range`, {
      help: 'a range is a:b, a: or :b, as in just mig-history user 3f2a9c41:head',
    })
  }
  return [from === '' ? 'base' : from, to === '' ? 'heads' : to]
}

function lowerEnd(around: SymbolContext, from: string, to: string): readonly RevisionNode[] {
  const { branch, symbol, relative } = parseTarget(around.index, from)
  if (relative === undefined) return symbolNodes(around, symbol, branch, from)
  if (symbol !== '') throw relativeLowerEnd(around, from, to)
  const heads = realHeads(around.index, around.scope).filter((head) => branch?.has(head) ?? true)
  const found = heads.map((head) => walk(around, head, relative, branch, from))
  const [row] = around.rows
  if (found[0] === undefined && to === 'current' && row !== undefined) {
    // Down from the row, to base where fewer revisions are below it.
    const below = walk(around, row, relative, undefined, from)
    return below === undefined || below === 'base' ? [] : [below]
  }
  return found.map((node) => {
    if (node === undefined || node === 'base') throw walkedTooFar(from, 'end')
    return node
  })
}

/** As in Alembic the lower end may be down from the heads, not from a name; the help has the id to use instead. */
function relativeLowerEnd(around: SymbolContext, from: string, to: string): MigError {
  const { branch, symbol, relative = 0 } = parseTarget(around.index, from)
  const found = walk(around, symbolNode(around, symbol, branch, from), relative, branch, from)
  const id = found === undefined || found === 'base' ? 'base' : found.id
  return new MigError('cant-locate', `a range cannot start at '${from}'`, {
    help: `that is ${id}: use ${id}:${to}`,
    facts: { from, to, revision: id },
  })
}

function upperEnd(
  around: SymbolContext,
  text: string,
  lower: readonly RevisionNode[],
): readonly RevisionNode[] {
  const { branch, symbol, relative } = parseTarget(around.index, text)
  if (symbol === 'current' && around.rows.length === 0) return realHeads(around.index, around.scope)
  if (relative === undefined) return symbolNodes(around, symbol, branch, text)
  const start = symbol === '' ? lower[0] : symbolNode(around, symbol, branch, text)
  const found = walk(around, start, relative, branch, text) ?? lastOf(around, start, branch, text)
  if (found !== undefined && found !== 'base') return [found]
  throw walkedTooFar(text, 'end')
}

/** A walk up that runs out ends where it can. */
function lastOf(
  around: SymbolContext,
  start: RevisionNode | undefined,
  branch: Branch | undefined,
  text: string,
): RevisionNode | undefined {
  let last = start
  for (let next = walk(around, last, 1, branch, text); next !== undefined && next !== 'base'; ) {
    last = next
    next = walk(around, last, 1, branch, text)
  }
  return last
}

/** A branch before the @ of the lower end limits the upper end to it as well. */
function isOnBranchOf(index: RevisionIndex, from: string, node: RevisionNode): boolean {
  const { branch } = parseTarget(index, from)
  return branch === undefined || branch.has(node)
}

function notAncestor(
  from: string,
  to: string,
  lower: readonly RevisionNode[],
  upper: readonly RevisionNode[],
): MigError {
  const [start] = lower
  const onWay = start !== undefined && upper.some((node) => lineage(start).has(node))
  const help = onWay ? `swap the ends: ${to}:${from}` : 'see the graph: just mig-history'
  return new MigError('range-not-ancestor', `${from} is not an ancestor of ${to}`, {
    help,
    facts: { from, to },
  })
}
