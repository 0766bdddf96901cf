import {
  checkCycles,
  checkNames,
  duplicateLabel,
  duplicateRevision,
  labelIsOtherLine,
  lineCrossed,
  missingDependency,
  missingParent,
  selfLoop,
} from './invalid.ts'
import { asList, type RevisionIndex, type RevisionNode } from './nodes.ts'
import type { RevisionSpec } from './spec.ts'

interface Draft extends RevisionNode {
  readonly parents: Draft[]
  readonly depends: Draft[]
  readonly needs: Draft[]
  readonly lineNeeds: Draft[]
  readonly orderNeeds: Draft[]
  readonly children: Draft[]
  readonly dependants: Draft[]
  readonly orderDependants: Draft[]
}

/**
 * Resolves the edges of revisions and checks that they form a graph.
 * @param revisions in load order, which decides the order of independent branches
 * @throws MigError `duplicate-revision`, `duplicate-branch-label`, `invalid-name`, `missing-parent`,
 *   `missing-dependency`, `crosses-lines`, `self-loop`, `dependency-self-loop`, `cycle`, `dependency-cycle`
 */
export function buildIndex(revisions: readonly RevisionSpec[]): RevisionIndex {
  const byId = new Map<string, Draft>()
  for (const spec of revisions) {
    const node = draftOf(spec, byId.size)
    const twin = byId.get(node.id)
    if (twin !== undefined) throw duplicateRevision(twin, node)
    checkNames(node)
    byId.set(node.id, node)
  }
  const nodes = [...byId.values()]
  const lines = [...new Set(nodes.map((node) => node.line))]
  const byLabel = labelsOf(nodes, byId, lines)
  for (const node of nodes) resolveEdges(node, byId, byLabel)
  checkCycles(nodes)
  for (const node of nodes) orderEdges(node)
  return { nodes, byId, byLabel, lines }
}

function draftOf(spec: RevisionSpec, rank: number): Draft {
  return {
    id: spec.revision,
    spec,
    rank,
    line: spec.line ?? '',
    labels: asList(spec.branchLabels),
    parents: [],
    depends: [],
    needs: [],
    lineNeeds: [],
    orderNeeds: [],
    children: [],
    dependants: [],
    orderDependants: [],
  }
}

function labelsOf(
  nodes: readonly Draft[],
  byId: ReadonlyMap<string, Draft>,
  lines: readonly string[],
): Map<string, Draft> {
  const byLabel = new Map<string, Draft>()
  for (const node of nodes) {
    for (const label of node.labels) {
      const other = byLabel.get(label) ?? byId.get(label)
      if (other !== undefined) throw duplicateLabel(label, other, node)
      if (node.line !== label && lines.includes(label)) throw labelIsOtherLine(label, node)
      byLabel.set(label, node)
    }
  }
  return byLabel
}

function resolveEdges(
  node: Draft,
  byId: ReadonlyMap<string, Draft>,
  byLabel: ReadonlyMap<string, Draft>,
): void {
  for (const name of asList(node.spec.downRevision)) {
    const parent = byId.get(name)
    if (parent === node) throw selfLoop(node, 'down_revision')
    if (parent === undefined) throw missingParent(node, name, [...byId.keys()])
    if (parent.line !== node.line) throw lineCrossed(node, parent)
    node.parents.push(parent)
    parent.children.push(node)
  }
  for (const name of asList(node.spec.dependsOn)) {
    const dependency = byLabel.get(name) ?? byId.get(name)
    if (dependency === node) throw selfLoop(node, 'depends-on')
    if (dependency === undefined) {
      throw missingDependency(node, name, [...byId.keys(), ...byLabel.keys()])
    }
    if (!node.depends.includes(dependency)) node.depends.push(dependency)
  }
  for (const need of joined(node.parents, node.depends)) {
    node.needs.push(need)
    if (need.line === node.line) node.lineNeeds.push(need)
    need.dependants.push(node)
  }
}

function orderEdges(node: Draft): void {
  const fresh = node.depends.filter((dependency) => !declaredBelow(node, dependency))
  for (const need of joined(node.parents, fresh)) {
    node.orderNeeds.push(need)
    need.orderDependants.push(node)
  }
}

/** Both lists without repetitions; most revisions depend on nothing but their parent. */
function joined(parents: readonly Draft[], depends: readonly Draft[]): Iterable<Draft> {
  return depends.length === 0 ? parents : new Set([...parents, ...depends])
}

/** Whether an ancestor along down_revision depends on `dependency` already; stops at the nearest that does. */
function declaredBelow(node: RevisionNode, dependency: RevisionNode): boolean {
  // Walking all ancestors of each revision would take quadratic time; few dependencies are declared twice.
  const declaredElsewhere = dependency.dependants.some(
    (other) => other !== node && other.line === node.line && other.depends.includes(dependency),
  )
  if (!declaredElsewhere) return false
  const seen = new Set<RevisionNode>()
  const todo = [...node.parents]
  for (let ancestor = todo.pop(); ancestor !== undefined; ancestor = todo.pop()) {
    if (seen.has(ancestor)) continue
    seen.add(ancestor)
    if (ancestor.depends.includes(dependency)) return true
    todo.push(...ancestor.parents)
  }
  return false
}
