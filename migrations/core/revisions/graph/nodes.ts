import type { RevisionSpec } from '../files/spec.ts'

/** One revision with its edges resolved. */
export interface RevisionNode {
  readonly id: string
  readonly spec: RevisionSpec
  /** Place in load order, 0-based. */
  readonly rank: number
  /** The schema key; empty when the revisions have no lines. */
  readonly line: string
  /** Branch labels that this revision declares. */
  readonly labels: readonly string[]
  /** By down_revision; the first parent continues the line. */
  readonly parents: readonly RevisionNode[]
  /** By depends-on, labels resolved. */
  readonly depends: readonly RevisionNode[]
  /** Parents and dependencies. */
  readonly needs: readonly RevisionNode[]
  /** `needs` inside the same line: what decides the rows of the ledger. */
  readonly lineNeeds: readonly RevisionNode[]
  /** `needs` without the dependencies that an ancestor declares already: what decides the order. */
  readonly orderNeeds: readonly RevisionNode[]
  /** The revisions that have this one as a parent. */
  readonly children: readonly RevisionNode[]
  /** The revisions that need this one, in any way. */
  readonly dependants: readonly RevisionNode[]
  /** `dependants` by `orderNeeds`. */
  readonly orderDependants: readonly RevisionNode[]
}

/** The revisions of a project, looked up by id, label and line. */
export interface RevisionIndex {
  /** In load order. */
  readonly nodes: readonly RevisionNode[]
  readonly byId: ReadonlyMap<string, RevisionNode>
  readonly byLabel: ReadonlyMap<string, RevisionNode>
  /** Schema keys in load order; one empty key when the revisions have no lines. */
  readonly lines: readonly string[]
}

/** Everything reachable from `from`, itself included. Iterative, so that long chains do not exhaust the stack. */
export function reach(
  from: Iterable<RevisionNode>,
  next: (node: RevisionNode) => readonly RevisionNode[],
): Set<RevisionNode> {
  const seen = new Set(from)
  const todo = [...seen]
  for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
    for (const other of next(node)) {
      if (!seen.has(other)) {
        seen.add(other)
        todo.push(other)
      }
    }
  }
  return seen
}

export const parentsOf = (node: RevisionNode): readonly RevisionNode[] => node.parents
export const childrenOf = (node: RevisionNode): readonly RevisionNode[] => node.children
export const needsOf = (node: RevisionNode): readonly RevisionNode[] => node.needs
export const lineNeedsOf = (node: RevisionNode): readonly RevisionNode[] => node.lineNeeds
export const dependantsOf = (node: RevisionNode): readonly RevisionNode[] => node.dependants

/** Ancestors and descendants along down_revision, itself included: the branch that a revision is on. */
export function lineage(node: RevisionNode): Set<RevisionNode> {
  return new Set([...reach([node], parentsOf), ...reach([node], childrenOf)])
}

/** A scalar, list or nothing, as revision files write them, as a list without repetitions. */
export function asList(value: string | readonly string[] | null | undefined): readonly string[] {
  if (value === null || value === undefined) return []
  if (typeof value === 'string') return [value]
  return value.length < 2 ? value : [...new Set(value)]
}

/** The ids of nodes. */
export function idsOf(nodes: Iterable<RevisionNode>): string[] {
  return Array.from(nodes, (node) => node.id)
}
