import type { RevisionSpec } from '../files/spec.ts'
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

interface Draft extends RevisionNode {
  readonly parents: Draft[]
  readonly children: Draft[]
  depends: Draft[]
  needs: Draft[]
  lineNeeds: Draft[]
  orderNeeds: Draft[]
  dependants: Draft[]
  orderDependants: Draft[]
}

const none: Draft[] = []

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
  for (const node of nodes) resolveParents(node, byId)
  const straight = nodes.every(({ spec }) => asList(spec.dependsOn).length === 0)
  for (const node of nodes) (straight ? needOnlyParents : startLists)(node)
  if (!straight) for (const node of nodes) resolveDependencies(node, byId, byLabel)
  checkCycles(nodes)
  if (!straight) for (const node of nodes) orderEdges(node)
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
    children: [],
    depends: none,
    needs: none,
    lineNeeds: none,
    orderNeeds: none,
    dependants: none,
    orderDependants: none,
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

function resolveParents(node: Draft, byId: ReadonlyMap<string, Draft>): void {
  for (const name of asList(node.spec.downRevision)) {
    const parent = byId.get(name)
    if (parent === node) throw selfLoop(node, 'down_revision')
    if (parent === undefined) throw missingParent(node, name, [...byId.keys()])
    if (parent.line !== node.line) throw lineCrossed(node, parent)
    node.parents.push(parent)
    parent.children.push(node)
  }
}

/** Where no revision depends on another, all edges are the same: most histories, and five lists less for each revision. */
function needOnlyParents(node: Draft): void {
  node.needs = node.parents
  node.lineNeeds = node.parents
  node.orderNeeds = node.parents
  node.dependants = node.children
  node.orderDependants = node.children
}

function startLists(node: Draft): void {
  node.dependants = []
  node.orderDependants = []
}

function resolveDependencies(
  node: Draft,
  byId: ReadonlyMap<string, Draft>,
  byLabel: ReadonlyMap<string, Draft>,
): void {
  const depends = asList(node.spec.dependsOn).map((name) => {
    const dependency = byLabel.get(name) ?? byId.get(name)
    if (dependency === node) throw selfLoop(node, 'depends-on')
    if (dependency !== undefined) return dependency
    throw missingDependency(node, name, [...byId.keys(), ...byLabel.keys()])
  })
  node.depends = [...new Set(depends)]
  node.needs = [...new Set([...node.parents, ...node.depends])]
  node.lineNeeds = node.needs.filter((need) => need.line === node.line)
  for (const need of node.needs) need.dependants.push(node)
}

function orderEdges(node: Draft): void {
  const fresh = node.depends.filter((dependency) => !declaredBelow(node, dependency))
  node.orderNeeds = [...new Set([...node.parents, ...fresh])]
  for (const need of node.orderNeeds) need.orderDependants.push(node)
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
