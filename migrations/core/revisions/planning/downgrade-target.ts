import { MigError } from '../../errors.ts'
import { type Branch, notBranchMember } from '../graph/names.ts'
import { dependantsOf, needsOf, parentsOf, type RevisionNode, reach } from '../graph/nodes.ts'
import {
  checkOnePerLine,
  type ParsedTarget,
  type SymbolContext,
  symbolNode,
  symbolNodes,
  walk,
  walkedTooFar,
} from './target-syntax.ts'

/** Where a downgrade goes: a revision, or base when there is none; `anchor` limits what goes to a branch. */
interface Destination {
  readonly node: RevisionNode | undefined
  readonly branch: Branch | undefined
  readonly anchor: RevisionNode | undefined
}

/**
 * Every applied revision that a downgrade to the target takes away.
 * @throws MigError `destination-not-on-path`, `not-valid-downgrade-target`, `relative-not-enough`, `walked-too-far`,
 *   `ambiguous-walk`, `ambiguous-downgrade`, `multiple-heads`,
 *   `cant-locate`, `ambiguous-prefix`, `prefix-too-short`, `not-branch-member`, `outside-filter`
 */
export function appliedAbove(
  around: SymbolContext,
  target: ParsedTarget,
  applied: ReadonlySet<RevisionNode>,
): ReadonlySet<RevisionNode> {
  const goes = new Set<RevisionNode>()
  for (const destination of destinations(around, target, applied)) {
    const above = reach(roots(around, destination, target.text), dependantsOf)
    const dropped = [...above].filter((node) => applied.has(node))
    const { node } = destination
    const neverRan = node !== undefined && dropped.length > 0 && !applied.has(node)
    if (node !== undefined && (neverRan || (dropped.length === 0 && !around.rows.includes(node)))) {
      throw notOnPath(node, applied.has(node))
    }
    for (const each of dropped) goes.add(each)
  }
  return goes
}

/** The children of the destination, or the bases, that start what goes; only those below the anchor if several. */
function roots(
  { index, scope }: SymbolContext,
  { node, branch, anchor }: Destination,
  text: string,
): readonly RevisionNode[] {
  const all = node?.children ?? index.nodes.filter((base) => base.parents.length === 0 && scope.has(base))
  const inLine = branch !== undefined && branch.anchor === undefined ? all.filter(branch.has) : all
  if (anchor === undefined) return inLine
  if (inLine.length <= 1) {
    if (node !== undefined && branch !== undefined && !branch.has(node)) throw notBranchMember(node, branch)
    return inLine
  }
  const below = reach([anchor], parentsOf)
  const kept = inLine.filter((root) => below.has(root))
  if (kept.length === 0) {
    throw new MigError(
      'not-valid-downgrade-target',
      `'${text}' reverts nothing: no applied revision above it leads to ${anchor.id}`,
      {
        help: 'name the branch to downgrade, as in label@id; the branches: just mig-branches',
        facts: { target: text },
      },
    )
  }
  return kept
}

function destinations(
  around: SymbolContext,
  target: ParsedTarget,
  applied: ReadonlySet<RevisionNode>,
): readonly Destination[] {
  const { branch, symbol, relative, text } = target
  const anchor = branch?.anchor
  if (relative !== undefined) return [relativeDestination(around, target, relative, applied)]
  if (symbol === 'base') return [{ node: undefined, branch, anchor }]
  const isHead = symbol === 'head' || symbol === 'heads'
  const nodes = symbolNodes(around, symbol, isHead || anchor === undefined ? branch : undefined, text)
  if (isHead) checkOnePerLine(nodes, text)
  return nodes.map((node) => ({ node, branch, anchor }))
}

function relativeDestination(
  around: SymbolContext,
  { branch, symbol, text }: ParsedTarget,
  count: number,
  applied: ReadonlySet<RevisionNode>,
): Destination {
  if (symbol === '') {
    if (count >= 0) throw notEnough(text, 'a downgrade takes -N')
    const start = startRow(around, branch, applied, text)
    const found = walk(around, start, count, undefined, text)
    if (found === undefined) throw notEnough(text, 'fewer are applied below it')
    return { node: found === 'base' ? undefined : found, branch, anchor: branch?.anchor ?? start }
  }
  const inBranch = count < 0 || branch?.anchor === undefined ? branch : undefined
  const start = symbolNode(around, symbol, inBranch, text)
  const found = walk(around, start, count, branch, text)
  if (found === undefined || (found === 'base' && count >= 0))
    throw walkedTooFar(text, count < 0 ? 'base' : 'last revision')
  if (found === 'base') return { node: undefined, branch, anchor: branch?.anchor ?? start }
  return { node: found, branch, anchor: branch?.anchor }
}

/** The applied revision that `-N` walks down from: the first row; on a branch its row, or its applied tip. */
function startRow(
  { rows, scope }: SymbolContext,
  branch: Branch | undefined,
  applied: ReadonlySet<RevisionNode>,
  text: string,
): RevisionNode {
  const inScope = rows.filter((row) => scope.has(row) && (branch?.has(row) ?? true))
  const [first, ...others] = inScope
  if (first !== undefined && (others.length === 0 || branch?.anchor === undefined)) return first
  const tips =
    inScope.length > 0 ? inScope : appliedTips(applied).filter((node) => branch?.has(node) ?? false)
  const [tip, ...otherTips] = tips
  if (tip === undefined)
    throw notEnough(text, branch === undefined ? 'none is applied' : `none on ${branch.name} is applied`)
  if (otherTips.length > 0) {
    throw new MigError(
      'ambiguous-downgrade',
      `'${text}' has ${tips.length} applied revisions to go down from: ${tips.map((node) => node.id).join(', ')}`,
      {
        help: `name one: ${tip.id}-1`,
        facts: { target: text, tips: tips.map((node) => node.id) },
      },
    )
  }
  return tip
}

/** The applied revisions that no applied child follows. */
function appliedTips(applied: ReadonlySet<RevisionNode>): readonly RevisionNode[] {
  const all = reach(applied, needsOf)
  return [...all].filter((node) => !node.children.some((child) => all.has(child)))
}

function notEnough(text: string, why: string): MigError {
  return new MigError('relative-not-enough', `'${text}' cannot be reached: ${why}`, {
    help: 'see what is applied: just mig-current',
    facts: { target: text },
  })
}

function notOnPath(node: RevisionNode, isApplied: boolean): MigError {
  const why = isApplied
    ? 'it is applied only as a dependency of others, and a downgrade follows downRevision alone'
    : 'it is not applied'
  return new MigError('destination-not-on-path', `cannot downgrade to ${node.id}: ${why}`, {
    help: `see what is applied: just mig-current${node.line === '' ? '' : ` ${node.line}`}`,
    facts: { revision: node.id },
  })
}
