import { MigError } from '../../errors.ts'
import { type Branch, branchOf, type LineFilter, locate, multipleHeads } from '../graph/names.ts'
import type { RevisionIndex, RevisionNode } from '../graph/nodes.ts'

/** A target as written: `[branch@][symbol][+N|-N]`. */
export interface ParsedTarget {
  readonly text: string
  readonly branch: Branch | undefined
  /** `head`, `heads`, `base`, `current`, a label, an id or a prefix; empty for a bare `+N` or `-N`. */
  readonly symbol: string
  readonly relative: number | undefined
}

const syntax = /^(?:(?<branch>[^@]+)@)?(?<symbol>[^@]*?)(?<relative>[+-]\d+)?$/

/**
 * Reads a target. An exact label or id is that and nothing else, so that a label may hold a hyphen.
 * @throws MigError `range-not-allowed`, `cant-locate`, `branch-label-unknown`
 */
export function parseTarget(index: RevisionIndex, text: string): ParsedTarget {
  if (index.byLabel.has(text) || index.byId.has(text)) {
    return { text, branch: undefined, symbol: text, relative: undefined }
  }
  if (text.includes(':')) {
    throw new MigError('range-not-allowed', `'${text}' is a range, and this command needs one revision`, {
      help: 'ranges are for just mig-history and just mig-sql',
    })
  }
  const parts = syntax.exec(text)?.groups
  if (parts === undefined || text === '' || (parts.symbol === '' && parts.relative === undefined)) {
    throw new MigError('cant-locate', `'${text}' is not a target`, {
      help: 'use head, heads, base, current, an id, a label, +N, -N, or one of them after key@',
    })
  }
  const branch = parts.branch === undefined ? undefined : branchOf(index, parts.branch)
  const after = parts.branch === undefined ? text : text.slice(parts.branch.length + 1)
  const named = index.byLabel.has(after) || index.byId.has(after)
  if (named || parts.relative === undefined) return { text, branch, symbol: after, relative: undefined }
  return { text, branch, symbol: parts.symbol ?? '', relative: Number(parts.relative) }
}

/** What a symbol may refer to. */
export interface SymbolContext {
  readonly index: RevisionIndex
  readonly scope: LineFilter
  /** The rows of the ledger, for `current`. */
  readonly rows: readonly RevisionNode[]
}

/**
 * The revisions that a symbol names: none for `base`, one for a name, one a line for `head`.
 * @throws MigError `multiple-heads`,
 *   `cant-locate`, `ambiguous-prefix`, `prefix-too-short`, `not-branch-member`, `outside-filter`
 */
export function symbolNodes(
  around: SymbolContext,
  symbol: string,
  branch: Branch | undefined,
  text: string,
): readonly RevisionNode[] {
  const { index, scope, rows } = around
  if (symbol === 'base') return []
  if (symbol === 'current') return rows.filter((row) => scope.has(row) && (branch?.has(row) ?? true))
  if (symbol === 'heads' && branch === undefined) return realHeads(index, scope)
  if (symbol === 'head' || symbol === 'heads') {
    const heads = plainHeads(index, scope).filter((head) => branch?.has(head) ?? true)
    if (symbol === 'head') checkOnePerLine(heads, text)
    return heads
  }
  return [locate(index, scope, symbol, branch)]
}

/**
 * The one revision that a symbol names; undefined for `base`.
 * @throws MigError `multiple-heads` or `ambiguous-upgrade` when it names several,
 *   `cant-locate`, `ambiguous-prefix`, `prefix-too-short`, `not-branch-member`, `outside-filter`
 */
export function symbolNode(
  around: SymbolContext,
  symbol: string,
  branch: Branch | undefined,
  text: string,
): RevisionNode | undefined {
  const nodes = symbolNodes(around, symbol, branch, text)
  if (nodes.length > 1) {
    throw symbol === 'current'
      ? new MigError('ambiguous-upgrade', `'${text}' starts from ${nodes.length} rows of the ledger`, {
          help: 'name the line or branch, as in user@current-1',
        })
      : multipleHeads(nodes, text)
  }
  return nodes[0]
}

/** The revisions that a target names, its steps taken: none for `base`; undefined where they lead out of the history. */
export function targetNodes(
  around: SymbolContext,
  { branch, symbol, relative, text }: ParsedTarget,
): readonly RevisionNode[] | undefined {
  if (relative === undefined) return symbolNodes(around, symbol, branch, text)
  const found = walk(around, symbolNode(around, symbol, branch, text), relative, branch, text)
  return found === 'base' ? [] : found && [found]
}

/** The revisions of the scope that no child follows, in load order. */
export function plainHeads(index: RevisionIndex, scope: LineFilter): readonly RevisionNode[] {
  return index.nodes.filter((node) => node.children.length === 0 && scope.has(node))
}

/** The revisions of the scope that nothing in their line needs, dependencies counted. */
export function realHeads(index: RevisionIndex, scope: LineFilter): readonly RevisionNode[] {
  return index.nodes.filter(
    (node) => scope.has(node) && !node.dependants.some((dependant) => dependant.line === node.line),
  )
}

/** @throws MigError `multiple-heads` when a line has several */
export function checkOnePerLine(heads: readonly RevisionNode[], text: string): void {
  for (const head of heads) {
    const same = heads.filter((other) => other.line === head.line)
    if (same.length > 1) throw multipleHeads(same, text)
  }
}

/**
 * Walks along down_revision: up with a positive count, from the bases when `start` is undefined; down with a
 * negative one. The result `base` is one step below a base.
 * @param branch limits the children of a walk up
 * @returns undefined when the walk runs out
 * @throws MigError `ambiguous-walk` where two revisions follow, or two come before
 */
export function walk(
  around: SymbolContext,
  start: RevisionNode | undefined,
  count: number,
  branch: Branch | undefined,
  text: string,
): RevisionNode | 'base' | undefined {
  let at: RevisionNode | 'base' = start ?? 'base'
  for (let left = Math.abs(count); left > 0; left -= 1) {
    const next: readonly RevisionNode[] =
      count > 0 ? above(around, at, branch) : at === 'base' ? [] : at.parents
    const [first, ...others]: readonly RevisionNode[] = next
    if (others.length > 0) throw ambiguousWalk(at, next, count, text)
    if (first === undefined && (count > 0 || at === 'base')) return undefined
    at = first ?? 'base'
  }
  return at
}

function above(
  { index, scope }: SymbolContext,
  at: RevisionNode | 'base',
  branch: Branch | undefined,
): readonly RevisionNode[] {
  const next =
    at === 'base' ? index.nodes.filter((node) => node.parents.length === 0 && scope.has(node)) : at.children
  return branch === undefined ? next : next.filter((node) => branch.has(node))
}

function ambiguousWalk(
  at: RevisionNode | 'base',
  next: readonly RevisionNode[],
  count: number,
  text: string,
): MigError {
  const ids = next.map((node) => node.id)
  const from = at === 'base' ? 'base' : at.id
  const way = count > 0 ? 'above' : 'below'
  return new MigError('ambiguous-walk', `'${text}' is ambiguous: ${way} ${from} are ${ids.join(' and ')}`, {
    help:
      count > 0
        ? `choose one: ${ids[0]}, or ${ids[0]}@+1`
        : `name the revision to go down to, such as ${ids[0]}`,
    facts: { from, next: ids },
  })
}

/** The error of a target whose steps lead out of the history. */
export function walkedTooFar(text: string, end: 'base' | 'last revision' | 'end'): MigError {
  return new MigError('walked-too-far', `'${text}' walks past the ${end} of the history`, {
    help: 'take fewer steps, or see the history: just mig-history',
    facts: { target: text },
  })
}
