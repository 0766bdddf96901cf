import type { RevisionSpec } from './files/spec.ts'
import { buildIndex } from './graph/build.ts'
import { multipleHeads, scopeOf } from './graph/names.ts'
import { idsOf, needsOf, type RevisionIndex, type RevisionNode, reach } from './graph/nodes.ts'
import { downgradePlan } from './planning/downgrade.ts'
import { type HistoryOptions, historyNodes } from './planning/history.ts'
import {
  type NewRevision,
  type NewRevisionRequest,
  newRevisionEdges,
  parentsFor,
} from './planning/new-revision.ts'
import type {
  DowngradeRequest,
  GraphStampRequest,
  PlannedStep,
  UpgradeRequest,
} from './planning/plan-types.ts'
import { appliedNodes, ledgerRows } from './planning/rows.ts'
import { stampedRows } from './planning/stamp.ts'
import { parseTarget, plainHeads, realHeads, targetNodes, walkedTooFar } from './planning/target-syntax.ts'
import { upgradePlan } from './planning/upgrade.ts'

/** Limits a question to lines. */
export interface LinesOption {
  /** Schema keys; default: all. */
  readonly lines?: readonly string[]
}

/** A revision that two or more follow, with those. */
export interface BranchPoint {
  readonly revision: string
  readonly children: readonly string[]
}

/** The revisions of a project and their relations; immutable. */
export interface RevisionGraph {
  /** In load order. */
  readonly revisions: readonly RevisionSpec[]
  /** By full id. */
  get(id: string): RevisionSpec | undefined
  upgradePlan(request: UpgradeRequest): readonly PlannedStep[]
  downgradePlan(request: DowngradeRequest): readonly PlannedStep[]
  /** The ledger's rows after a stamp, of all lines. */
  stampedRows(request: GraphStampRequest): readonly string[]
  /** Newest first; the range is `a:b`, `a:` or `:b`, default everything. */
  history(range?: string, options?: HistoryOptions): readonly RevisionSpec[]
  /** Revisions that no child follows. */
  heads(option?: LinesOption): readonly string[]
  /** Revisions that nothing in their line needs, dependencies counted: what `heads` means as a target. */
  realHeads(option?: LinesOption): readonly string[]
  /** Revisions without a parent. */
  bases(option?: LinesOption): readonly string[]
  /** In the order of history. */
  branchPoints(option?: LinesOption): readonly BranchPoint[]
  /** The id that a name stands for; null for `base`. @throws MigError `multiple-heads` when it stands for several */
  resolve(name: string, options?: HistoryOptions): string | null
  /** The ids that a name stands for: none for `base`, one for a revision, all of them for `heads`. */
  resolveAll(name: string, options?: HistoryOptions): readonly string[]
  /** The parents of a revision that merges the targets. */
  merge(targets: string | readonly string[], options?: { readonly splice?: boolean }): readonly string[]
  /** The edges that a new revision gets, by the rules of `alembic revision`. */
  newRevisionEdges(request: NewRevisionRequest): NewRevision
  /** The revisions and all they need, themselves included, in load order. */
  ancestors(ids: readonly string[]): readonly string[]
  /** The revisions that have this one as a parent, in load order. */
  children(id: string): readonly string[]
  /** Everything applied, given the rows of the ledger; rows without a file do not count. */
  applied(rows: readonly string[]): ReadonlySet<string>
}

/**
 * Reads revisions into a graph.
 * @param revisions in load order (files sorted by name), which decides the order of independent branches
 * @throws MigError for a graph that does not hold together; see `buildIndex`
 */
export function revisionGraph(revisions: readonly RevisionSpec[]): RevisionGraph {
  const index = buildIndex(revisions)
  const scope = (option: LinesOption = {}) => scopeOf(index, option.lines)
  const nodesOf = (ids: readonly string[]): readonly RevisionNode[] =>
    ids.flatMap((id) => index.byId.get(id) ?? [])
  const inLoadOrder = (nodes: ReadonlySet<RevisionNode>) =>
    idsOf(index.nodes.filter((node) => nodes.has(node)))
  return {
    revisions: index.nodes.map((node) => node.spec),
    get: (id) => index.byId.get(id)?.spec,
    upgradePlan: (request) => upgradePlan(index, request),
    downgradePlan: (request) => downgradePlan(index, request),
    stampedRows: (request) => stampedRows(index, request),
    history: (range, options) => historyNodes(index, range, options).map((node) => node.spec),
    heads: (option) => idsOf(plainHeads(index, scope(option))),
    realHeads: (option) => idsOf(realHeads(index, scope(option))),
    bases: (option) =>
      idsOf(index.nodes.filter((node) => node.parents.length === 0 && scope(option).has(node))),
    branchPoints: (option) =>
      historyNodes(index, undefined, option)
        .filter((node) => node.children.length > 1)
        .map((node) => ({ revision: node.id, children: idsOf(node.children) })),
    resolve: (name, options) => {
      const found = namedNodes(index, name, options)
      if (found.length > 1) throw multipleHeads(found, name)
      return found[0]?.id ?? null
    },
    resolveAll: (name, options) => idsOf(namedNodes(index, name, options)),
    merge: (targets, options = {}) =>
      idsOf(parentsFor(index, [targets].flat(), options.splice ?? false, undefined)),
    newRevisionEdges: (request) => newRevisionEdges(index, request),
    ancestors: (ids) => inLoadOrder(reach(nodesOf(ids), needsOf)),
    children: (id) => idsOf(index.byId.get(id)?.children ?? []),
    applied: (rows) => new Set(idsOf(appliedNodes(ledgerRows(index, { applied: rows }, true)))),
  }
}

function namedNodes(
  index: RevisionIndex,
  name: string,
  options: HistoryOptions = {},
): readonly RevisionNode[] {
  const rows = ledgerRows(index, { applied: options.applied ?? [] }, true).rows
  const around = { index, scope: scopeOf(index, options.lines), rows }
  const target = parseTarget(index, name)
  const found = targetNodes(around, { ...target, symbol: target.symbol || 'current' })
  if (found === undefined) throw walkedTooFar(target.text, 'end')
  return found
}
