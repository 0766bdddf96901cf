import { type RevisionNode, reach } from './nodes.ts'

/**
 * The order of history: newest first, each revision before what it needs. An upgrade is its reverse.
 *
 * As Alembic: the open lines stand in load order; one is followed down until its next revision is still needed by
 * another open line, which is then continued first; where a line ends, the line before it goes on. At a merge the
 * first parent continues the line and the others are added.
 * @param revisions what to order
 * @param heads where to begin; those outside `revisions` do not count
 */
export function historyOrder(
  revisions: ReadonlySet<RevisionNode>,
  heads: Iterable<RevisionNode>,
  lineOrder: readonly string[] = [],
): RevisionNode[] {
  const left = new Set(revisions)
  const open = [...new Set(heads)].filter((node) => left.has(node))
  const lineRank = new Map(lineOrder.map((line, at) => [line, at]))
  open.sort((a, b) => (lineRank.get(b.line) ?? 0) - (lineRank.get(a.line) ?? 0) || a.rank - b.rank)
  const whole = isWhole(revisions, open)
  const result: RevisionNode[] = []
  let at = 0
  for (let node = open[at]; node !== undefined; node = open[at]) {
    const above = continueFirst(node, open, at, left, whole)
    if (above !== undefined) {
      at = above
      continue
    }
    if (left.delete(node)) result.push(node)
    const below = node.orderNeeds.filter((need) => left.has(need) && !open.includes(need))
    const [first, ...others] = below
    if (first === undefined) {
      open.splice(at, 1)
      at = Math.max(at - 1, 0)
    } else {
      open[at] = first
      open.push(...others)
    }
  }
  return result
}

/**
 * Where to begin with revisions of which some are separated from the heads by others that are left out: the heads,
 * and what nothing in the set stands on.
 */
export function startsOf(
  revisions: ReadonlySet<RevisionNode>,
  heads: Iterable<RevisionNode>,
): readonly RevisionNode[] {
  const tips = [...revisions].filter((node) => !node.orderDependants.some((above) => revisions.has(above)))
  return [...new Set([...heads, ...tips])]
}

/** Whether no path from a head to a member leaves the set: then a node is needed by an open line exactly while a direct dependant is left. */
function isWhole(revisions: ReadonlySet<RevisionNode>, heads: readonly RevisionNode[]): boolean {
  const span = reach(heads, (node) => node.orderNeeds)
  for (const node of revisions) {
    if (node.orderDependants.some((above) => span.has(above) && !revisions.has(above))) return false
  }
  return true
}

/** The place of the first other open line that still needs `node`, if any does. */
function continueFirst(
  node: RevisionNode,
  open: readonly RevisionNode[],
  at: number,
  left: ReadonlySet<RevisionNode>,
  whole: boolean,
): number | undefined {
  if (open.length === 1) return undefined
  const pending = (above: RevisionNode): boolean => !whole || left.has(above)
  if (!node.orderDependants.some(pending)) return undefined
  let above: ReadonlySet<RevisionNode> | undefined
  const found = open.findIndex((other, place) => {
    if (place === at) return false
    if (other.orderNeeds.includes(node)) return true
    above ??= reach([node], (below) => below.orderDependants.filter(pending))
    return above.has(other)
  })
  return found === -1 ? undefined : found
}
