import { nearestNames } from '../../environment/nearest.ts'
import { MigError } from '../../errors.ts'
import { dependantsOf, lineNeedsOf, type RevisionIndex, type RevisionNode, reach } from '../graph/nodes.ts'
import type { Direction, GraphRequest, PlannedStep } from './plan-types.ts'

/** The rows of the ledger as revisions, and those that no file has. */
export interface LedgerRows {
  readonly rows: readonly RevisionNode[]
  readonly unknown: readonly string[]
  /** Below a row, and not applied. */
  readonly neverRun: ReadonlySet<RevisionNode>
  /** Applied, and below an unknown row. */
  readonly alsoApplied: ReadonlySet<RevisionNode>
}

/**
 * Looks the rows of the ledger up.
 * @throws MigError `cant-locate-current` for a row that no revision has, unless `allowMissing`
 */
export function ledgerRows(
  index: RevisionIndex,
  { applied, neverRun, alsoApplied }: Pick<GraphRequest, 'applied' | 'neverRun' | 'alsoApplied'>,
  allowMissing: boolean,
): LedgerRows {
  const rows: RevisionNode[] = []
  const unknown: string[] = []
  for (const id of new Set(applied)) {
    const node = index.byId.get(id)
    if (node !== undefined) rows.push(node)
    else if (allowMissing) unknown.push(id)
    else throw unknownRow(index, id)
  }
  const nodesOf = (ids: readonly string[] = []) => new Set(ids.flatMap((id) => index.byId.get(id) ?? []))
  return { rows, unknown, neverRun: nodesOf(neverRun), alsoApplied: nodesOf(alsoApplied) }
}

function unknownRow(index: RevisionIndex, id: string): MigError {
  return new MigError(
    'cant-locate-current',
    `the database is at ${id}, and no file has that revision${nearestNames(id, [...index.byId.keys()])}`,
    {
      help: 'check out the branch that has it, go on with --allow-missing, or reset the ledger: just mig-stamp --purge <revision>',
      facts: { revision: id },
    },
  )
}

/**
 * All that is applied: the rows and what they stand on inside their lines, less what was put below them later. Each
 * line keeps its own rows.
 */
export function appliedNodes({
  rows,
  neverRun,
  alsoApplied,
}: Omit<LedgerRows, 'unknown'>): Set<RevisionNode> {
  const applied = reach(rows, lineNeedsOf)
  for (const node of alsoApplied) applied.add(node)
  for (const node of neverRun) applied.delete(node)
  return applied
}

/**
 * Refuses revisions of which one stands on another in its line, as Alembic does for several targets and for rows.
 * @throws MigError `overlapping-revisions`
 */
export function checkOverlap(nodes: readonly RevisionNode[], what: string): void {
  if (nodes.length < 2) return
  const below = reach(
    nodes.flatMap((node) => node.lineNeeds),
    lineNeedsOf,
  )
  const lower = nodes.find((node) => below.has(node))
  if (lower === undefined) return
  const over = reach([lower], dependantsOf)
  const upper = nodes.find((node) => node !== lower && over.has(node))
  throw new MigError(
    'overlapping-revisions',
    `${what} ${lower.id} and ${upper?.id} overlap: the second comes after the first`,
    {
      help: `leave ${lower.id} out; for rows of the ledger: just mig-stamp --purge ${upper?.id}`,
      facts: { revisions: [lower.id, upper?.id] },
    },
  )
}

/**
 * The steps with the ledger's rows after each: the applied revisions that nothing applied in their line needs. One
 * that is applied below a row leaves the rows as they are.
 */
export function withRows(
  { rows, unknown, neverRun, alsoApplied }: LedgerRows,
  order: readonly RevisionNode[],
  direction: Direction,
): PlannedStep[] {
  const implied = reach(rows, lineNeedsOf)
  const needed = new Map<RevisionNode, number>()
  const isNeeded = (node: RevisionNode, by: 0 | 1 | -1): boolean => {
    const count = (needed.get(node) ?? 0) + by
    needed.set(node, count)
    return count > 0
  }
  const current = new Set(rows)
  for (const node of implied) {
    for (const need of node.lineNeeds) if (isNeeded(need, 1)) current.delete(need)
  }
  const lay = (node: RevisionNode): void => {
    if (implied.has(node) && isNeeded(node, 0)) return
    current.add(node)
    for (const need of node.lineNeeds) if (isNeeded(need, 1)) current.delete(need)
  }
  /** What was never run is passed on the way down, to what is applied below it. */
  const lift = (node: RevisionNode): void => {
    for (const need of node.lineNeeds) {
      if (isNeeded(need, -1) || alsoApplied.has(need)) continue
      if (neverRun.has(need)) lift(need)
      else current.add(need)
    }
  }
  const step = (node: RevisionNode): PlannedStep => {
    if (direction === 'upgrade') lay(node)
    else {
      current.delete(node)
      lift(node)
    }
    const appliedAfter = [...Array.from(current, (row) => row.id), ...unknown].sort()
    return { revision: node.id, direction, appliedAfter }
  }
  return order.map(step)
}
