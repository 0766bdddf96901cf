import { MigError } from '../../errors.ts'
import { dependantsOf, needsOf, type RevisionNode, reach } from '../graph/nodes.ts'

/**
 * The `count` most recently applied revisions, in the order to take them away: newest first by the log, then those
 * that the log does not have, in the order of history. None goes before what stands on it.
 * @param eligible the applied revisions to choose from; `passed` are those between them that never ran
 * @param recentlyApplied ids, newest first
 * @param historyOrder `eligible`, newest first by the graph
 * @param all the command that takes all of them away
 * @throws MigError `relative-not-enough` when fewer are applied
 */
export function mostRecent(
  { eligible, passed }: Record<'eligible' | 'passed', ReadonlySet<RevisionNode>>,
  recentlyApplied: readonly string[],
  historyOrder: readonly RevisionNode[],
  count: number,
  text: string,
  all: string,
): readonly RevisionNode[] {
  if (eligible.size < count) throw tooFew(text, count, eligible.size, all)
  const ranks = new Map<string, number>()
  for (const id of [...recentlyApplied, ...historyOrder.map((node) => node.id)]) {
    if (!ranks.has(id)) ranks.set(id, ranks.size)
  }
  const rankOf = (node: RevisionNode): number => ranks.get(node.id) ?? ranks.size
  const neededBy = new Map(
    [...eligible].map((node) => {
      const above = beyond(node, dependantsOf, passed)
      return [node, above.filter((each) => eligible.has(each)).length]
    }),
  )
  const free = new Set([...eligible].filter((node) => neededBy.get(node) === 0))
  const order: RevisionNode[] = []
  while (order.length < count) {
    const newest = [...free].reduce((a, b) => (rankOf(a) <= rankOf(b) ? a : b))
    free.delete(newest)
    order.push(newest)
    for (const need of beyond(newest, needsOf, passed)) {
      const left = (neededBy.get(need) ?? 0) - 1
      neededBy.set(need, left)
      if (left === 0) free.add(need)
    }
  }
  return order
}

/** The next revisions on one side of a revision, through those that are passed over. */
function beyond(
  node: RevisionNode,
  next: (node: RevisionNode) => readonly RevisionNode[],
  passed: ReadonlySet<RevisionNode>,
): readonly RevisionNode[] {
  if (!next(node).some((each) => passed.has(each))) return next(node)
  const found = reach(next(node), (each) => (passed.has(each) ? next(each) : []))
  return [...found].filter((each) => !passed.has(each))
}

function tooFew(text: string, wanted: number, applied: number, all: string): MigError {
  const has = applied === 0 ? 'none is applied' : `only ${applied} ${applied === 1 ? 'is' : 'are'} applied`
  return new MigError(
    'relative-not-enough',
    `'${text}' asks for ${wanted === 1 ? 'a revision' : `${wanted} revisions`}, and ${has}`,
    {
      help: applied === 0 ? 'see what is applied: just mig-current' : `revert all: ${all}`,
      facts: { target: text, wanted, applied },
    },
  )
}
