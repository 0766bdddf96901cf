import { MigError } from '../../errors.ts'
import { type Branch, checkInScope, scopeOf } from '../graph/names.ts'
import { dependantsOf, needsOf, type RevisionIndex, type RevisionNode, reach } from '../graph/nodes.ts'
import type { GraphStampRequest } from './plan-types.ts'
import { ledgerRows } from './rows.ts'
import { parseTarget, type SymbolContext, targetNodes } from './target-syntax.ts'

/**
 * The ledger's rows after a stamp: rows of the same line that a target stands on, or that stand on it, give way to
 * it; the others stay. `base` takes rows away. No revision is run.
 * @returns ids, of all lines, sorted
 * @throws MigError `cant-locate-current` unless `purge`; `multiple-heads`,
 *   `cant-locate`, `ambiguous-prefix`, `prefix-too-short`, `not-branch-member`, `outside-filter`
 */
export function stampedRows(index: RevisionIndex, request: GraphStampRequest): readonly string[] {
  const scope = scopeOf(index, request.lines)
  const ledger = ledgerRows(index, request, request.purge ?? false)
  const rows = request.purge ? ledger.rows.filter((row) => !scope.has(row)) : ledger.rows
  const around: SymbolContext = { index, scope, rows }
  const texts = typeof request.target === 'string' ? [request.target] : request.target
  const targets = texts.map((text) => stampTarget(around, text === '' ? 'base' : text))
  const candidates = rows.filter((row) => targets.some((target) => target.touches(row)))
  const result = new Set(rows)
  const stamped: RevisionNode[] = []
  for (const { nodes, isBase } of targets) {
    if (isBase) for (const row of candidates) result.delete(row)
    for (const node of nodes.filter((each) => !rows.includes(each))) {
      const related = relatedTo([node])
      const inLine = candidates.filter((row) => row.line === node.line)
      if (inLine.some((row) => related.has(row))) for (const row of inLine) result.delete(row)
      stamped.push(node)
    }
  }
  const replaced = relatedTo(stamped)
  const kept = targets.flatMap(({ nodes }) =>
    nodes.filter((node) => rows.includes(node) && !replaced.has(node)),
  )
  for (const node of [...stamped, ...kept]) result.add(node)
  return Array.from(result, (row) => row.id).sort()
}

interface StampTarget {
  readonly nodes: readonly RevisionNode[]
  readonly isBase: boolean
  /** Whether a row may give way to this target. */
  readonly touches: (row: RevisionNode) => boolean
}

function stampTarget(around: SymbolContext, text: string): StampTarget {
  const target = parseTarget(around.index, text)
  const { branch, symbol } = target
  checkInScope(branch, around.scope)
  if (symbol === '') throw relativeToNothing(text)
  const nodes = targetNodes(around, target) ?? []
  const isBase = symbol === 'base' && nodes.length === 0
  if (isBase && branch === undefined) return { nodes, isBase, touches: around.scope.has }
  const related = relatedTo(branch?.anchor === undefined ? nodes : [...nodes, branch.anchor])
  return { nodes, isBase, touches: (row) => related.has(row) || isOnLine(branch, row) }
}

const isOnLine = (branch: Branch | undefined, row: RevisionNode): boolean =>
  branch !== undefined && branch.anchor === undefined && branch.has(row)

function relativeToNothing(text: string): MigError {
  return new MigError('cant-locate', `'${text}' does not say which revision to count from`, {
    help: `a stamp sets what the ledger says, so name it: just mig-stamp <revision>, or count from a name: current${text}`,
    facts: { target: text },
  })
}

/** Ancestors and descendants, dependencies included. */
function relatedTo(nodes: readonly RevisionNode[]): ReadonlySet<RevisionNode> {
  return new Set([...reach(nodes, needsOf), ...reach(nodes, dependantsOf)])
}
