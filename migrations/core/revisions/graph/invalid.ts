import { nearestNames } from '../../environment/nearest.ts'
import { MigError } from '../../errors.ts'
import type { RevisionSpec } from '../files/spec.ts'
import { needsOf, parentsOf, type RevisionNode } from './nodes.ts'

/** What an error needs to name a revision. */
interface Named {
  readonly id: string
  readonly spec: RevisionSpec
}

/** The targets that are not names. */
export const reservedNames: readonly string[] = ['head', 'heads', 'base', 'current']

/** How a revision is named in an error: its id, and its file where it has one. */
export function shown(node: Named): string {
  const path = pathOf(node)
  return path === undefined ? node.id : `${node.id} (${path})`
}

function pathOf({ spec }: Named): string | undefined {
  return 'path' in spec && typeof spec.path === 'string' ? spec.path : undefined
}

function invalid(code: string, nodes: readonly Named[], message: string, help: string): MigError {
  const file = nodes.map(pathOf).find((path) => path !== undefined)
  return new MigError(code, message, {
    help,
    facts: { revisions: nodes.map((node) => node.id), files: nodes.flatMap((node) => pathOf(node) ?? []) },
    place: file === undefined ? undefined : { file },
  })
}

/** Refuses ids and labels that targets could not name. Alembic forbids the same characters in ids. */
export function checkNames(node: RevisionNode): void {
  if (node.labels.length === 0 && /^[0-9a-f]+$/.test(node.id)) return
  for (const [what, name] of [
    ['revision id', node.id],
    ...node.labels.map((label) => ['branch label', label]),
  ]) {
    const illegal = what === 'revision id' ? /[@\-+:\s]/ : /[@+:\s]/
    if (name === undefined || name === '' || illegal.test(name) || reservedNames.includes(name)) {
      throw invalid(
        'invalid-name',
        [node],
        `${what} '${name}' of revision ${shown(node)} cannot be used`,
        `use a name without @, +, :${what === 'revision id' ? ', -' : ''} and spaces, other than ${reservedNames.join(', ')}`,
      )
    }
  }
}

export function duplicateRevision(first: RevisionNode, second: RevisionNode): MigError {
  return invalid(
    'duplicate-revision',
    [first, second],
    `two revisions have the id ${first.id}: ${pathOf(first) ?? 'one'} and ${pathOf(second) ?? 'another'}`,
    'give one of the files another revision id, and fix the downRevision of what follows it',
  )
}

export function duplicateLabel(label: string, first: RevisionNode, second: RevisionNode): MigError {
  const message =
    first.id === label
      ? `branch label '${label}' of revision ${shown(second)} is the id of revision ${shown(first)}`
      : `branch label '${label}' is declared by two revisions: ${shown(first)} and ${shown(second)}`
  return invalid('duplicate-branch-label', [first, second], message, 'remove the label from one of the files')
}

export function labelIsOtherLine(label: string, node: RevisionNode): MigError {
  return invalid(
    'duplicate-branch-label',
    [node],
    `branch label '${label}' of revision ${shown(node)}, in line ${node.line}, is the schema key of another line`,
    'choose another label: a schema key names its whole line',
  )
}

export function missingParent(node: RevisionNode, name: string, ids: readonly string[]): MigError {
  return invalid(
    'missing-parent',
    [node],
    `revision ${shown(node)} has the downRevision ${name}, which no file has${nearestNames(name, ids)}`,
    'restore the missing file from version control, or fix downRevision',
  )
}

export function missingDependency(node: RevisionNode, name: string, names: readonly string[]): MigError {
  return invalid(
    'missing-dependency',
    [node],
    `revision ${shown(node)} depends on ${name}, which is neither a full id nor a label of any file${nearestNames(name, names)}`,
    'restore the missing file from version control, or fix dependsOn',
  )
}

export function lineCrossed(node: RevisionNode, parent: RevisionNode): MigError {
  return invalid(
    'crosses-lines',
    [node, parent],
    `revision ${shown(node)} of line ${node.line} has a downRevision in line ${parent.line}: ${shown(parent)}`,
    `name ${parent.id} in dependsOn instead; downRevision stays inside a line`,
  )
}

export function selfLoop(node: RevisionNode, edge: 'down_revision' | 'depends-on'): MigError {
  const isParent = edge === 'down_revision'
  const code = isParent ? 'self-loop' : 'dependency-self-loop'
  const field = isParent ? 'downRevision' : 'dependsOn'
  return invalid(code, [node], `revision ${shown(node)} names itself as ${edge}`, `fix its ${field}`)
}

/** @throws MigError `cycle` along down_revision, `dependency-cycle` through depends-on as well */
export function checkCycles(nodes: readonly RevisionNode[]): void {
  // As file names sort, a revision mostly stands after all that it needs; then no cycle can close.
  if (nodes.every((node) => node.needs.every((need) => need.rank < node.rank))) return
  const loop = cycleIn(nodes, parentsOf)
  if (loop !== undefined) throw cycleError('cycle', 'down_revision', loop)
  const dependencyLoop = cycleIn(nodes, needsOf)
  if (dependencyLoop !== undefined) throw cycleError('dependency-cycle', 'depends-on', dependencyLoop)
}

/** How many of a cycle are named from each of its ends. */
const mostShown = 5

function cycleError(code: string, edge: string, loop: readonly RevisionNode[]): MigError {
  const [first] = loop
  const path = (first === undefined ? [...loop] : [...loop, first]).map(shown)
  const hidden = path.length - 2 * mostShown
  const revisions =
    hidden <= 1 ? path : [...path.slice(0, mostShown), `${hidden} others`, ...path.slice(-mostShown)]
  return invalid(
    code,
    loop,
    `revisions form a cycle by ${edge}: ${revisions.join(' needs ')}`,
    'fix the downRevision or dependsOn of the file that closes the cycle',
  )
}

/** The nodes of one cycle, or undefined: takes away what needs nothing that is left, until nothing more goes. */
function cycleIn(
  nodes: readonly RevisionNode[],
  next: (node: RevisionNode) => readonly RevisionNode[],
): readonly RevisionNode[] | undefined {
  const waits = new Map(nodes.map((node) => [node, next(node).length]))
  const free = nodes.filter((node) => next(node).length === 0)
  for (let node = free.pop(); node !== undefined; node = free.pop()) {
    waits.delete(node)
    for (const above of node.dependants) {
      if (!next(above).includes(node)) continue
      const left = (waits.get(above) ?? 0) - 1
      waits.set(above, left)
      if (left === 0) free.push(above)
    }
  }
  const path: RevisionNode[] = []
  const onPath = new Set<RevisionNode>()
  let at = waits.keys().next().value
  while (at !== undefined && !onPath.has(at)) {
    onPath.add(at)
    path.push(at)
    at = next(at).find((node) => waits.has(node))
  }
  return at === undefined ? undefined : path.slice(path.indexOf(at))
}
