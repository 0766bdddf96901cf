import { MigError } from '../../errors.ts'
import type { Branch } from '../graph/names.ts'
import { needsOf, type RevisionNode, reach } from '../graph/nodes.ts'
import {
  type ParsedTarget,
  type SymbolContext,
  symbolNode,
  symbolNodes,
  walk,
  walkedTooFar,
} from './target-syntax.ts'

/**
 * The revisions that an upgrade goes up to.
 * @throws MigError `cant-locate`, `ambiguous-prefix`, `prefix-too-short`, `not-branch-member`, `outside-filter`,
 *   `multiple-heads`, `ambiguous-walk`, `ambiguous-upgrade`, `relative-not-enough`, `walked-too-far`
 */
export function upgradeTargets(around: SymbolContext, target: ParsedTarget): readonly RevisionNode[] {
  const { text, branch, symbol, relative } = target
  if (relative === undefined) return symbolNodes(around, symbol, branch, text)
  if (symbol === '') return [fromRows(around, target, relative)]
  const start = symbolNode(around, symbol, relative > 0 ? undefined : branch, text)
  const found = walk(around, start, relative, branch, text)
  if (found === undefined || found === 'base') throw walkedTooFar(text, found ?? 'last revision')
  return [found]
}

/** `+N` and `key@+N`: up from the row, or from the highest applied revision on the branch, or from the base. */
function fromRows(around: SymbolContext, { text, branch }: ParsedTarget, count: number): RevisionNode {
  if (count <= 0) throw notEnoughLeft(text, Math.abs(count), 0)
  const rows = around.rows.filter(around.scope.has)
  const starts = branch === undefined ? rows : startsOn(branch, rows)
  if (starts.length > 1) {
    const ids = starts.map((node) => node.id).join(', ')
    throw new MigError(
      'ambiguous-upgrade',
      `'${text}' has ${starts.length} applied revisions to start from: ${ids}`,
      {
        help: `say which: ${starts[0]?.id}+${count}, or heads for all`,
        facts: { starts: starts.map((node) => node.id) },
      },
    )
  }
  const found = walk(around, starts[0], count, branch, text)
  if (found === undefined || found === 'base') throw notEnoughLeft(text, count, undefined)
  return found
}

function startsOn(branch: Branch, rows: readonly RevisionNode[]): readonly RevisionNode[] {
  const onBranch = rows.filter(branch.has)
  if (onBranch.length > 0) return onBranch
  const applied = [...reach(rows, needsOf)].filter(branch.has)
  const below = new Set(applied.flatMap((node) => node.orderNeeds))
  return applied.filter((node) => !below.has(node))
}

/** The error of `+N` where fewer revisions are left; how many is undefined where nobody has counted. */
export function notEnoughLeft(text: string, wanted: number, found: number | undefined): MigError {
  const has = found === undefined ? 'fewer are left' : found === 0 ? 'none is left' : `only ${found} are left`
  const asked = wanted === 1 ? 'a revision' : `${wanted} revisions`
  return new MigError('relative-not-enough', `'${text}' asks for ${asked}, and ${has} that way`, {
    help: /-\d+$/.test(text)
      ? `to revert revisions: just mig-downgrade ${text}`
      : 'use head, or see what is pending: just mig-current',
    facts: { target: text, wanted },
  })
}
