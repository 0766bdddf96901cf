import { checkInScope, scopeOf } from '../graph/names.ts'
import { needsOf, type RevisionIndex, type RevisionNode, reach } from '../graph/nodes.ts'
import { historyOrder, startsOf } from '../graph/order.ts'
import type { PlannedStep, UpgradeRequest } from './plan-types.ts'
import { appliedNodes, checkOverlap, type LedgerRows, ledgerRows, withRows } from './rows.ts'
import { type ParsedTarget, parseTarget, type SymbolContext, symbolNodes } from './target-syntax.ts'
import { notEnoughLeft, upgradeTargets } from './upgrade-target.ts'

/**
 * The steps that bring what is applied up to the target: all that the target needs and that is not applied yet,
 * through down_revision and depends-on, other lines included. Empty when the target is applied already.
 * @throws MigError `cant-locate`, `ambiguous-prefix`, `multiple-heads`, `ambiguous-walk`, `ambiguous-upgrade`,
 *   `relative-not-enough`, `walked-too-far`, `overlapping-revisions`, `cant-locate-current`, `outside-filter`
 */
export function upgradePlan(index: RevisionIndex, request: UpgradeRequest): readonly PlannedStep[] {
  const ledger = ledgerRows(index, request, request.allowMissing ?? false)
  const scope = scopeOf(index, request.lines)
  const around: SymbolContext = { index, scope, rows: ledger.rows }
  checkOverlap(ledger.rows, 'the applied revisions')
  const texts = typeof request.target === 'string' ? [request.target] : request.target
  const parsed = texts.map((text) => parseTarget(index, text))
  for (const { branch } of parsed) checkInScope(branch, scope)
  const several = scope.lines.length > 1
  const nextOfPlan = several && parsed.length === 1 ? parsed.find(isNextOfPlan) : undefined
  const targets =
    nextOfPlan === undefined
      ? parsed.flatMap((target) => upgradeTargets(around, target))
      : symbolNodes(around, 'heads', undefined, nextOfPlan.text)
  checkOverlap([...new Set(targets)], 'the targets')
  const order = pendingOrder(index, ledger, targets)
  const steps = withRows(ledger, nextOfPlan === undefined ? order : firstOf(order, nextOfPlan), 'upgrade')
  return scope.filtered ? withNeededBy(index, steps, scope.has) : steps
}

/** What the targets need and the rows lack, in the order to apply it. */
function pendingOrder(
  index: RevisionIndex,
  ledger: LedgerRows,
  targets: readonly RevisionNode[],
): RevisionNode[] {
  const pending = reach(targets, needsOf)
  for (const node of appliedNodes(ledger)) pending.delete(node)
  const starts = ledger.neverRun.size === 0 ? targets : startsOf(pending, targets)
  return historyOrder(pending, starts, index.lines).reverse()
}

const isNextOfPlan = ({ branch, symbol, relative }: ParsedTarget): boolean =>
  branch === undefined && symbol === '' && relative !== undefined && relative > 0

/** With several lines, `+N` is the next N steps of the plan to all heads. */
function firstOf(
  order: readonly RevisionNode[],
  { text, relative = 0 }: ParsedTarget,
): readonly RevisionNode[] {
  if (order.length < relative) throw notEnoughLeft(text, relative, order.length)
  return order.slice(0, relative)
}

/** Says of each step outside the filter which revision needs it: the nearest one inside, where there is one. */
function withNeededBy(
  index: RevisionIndex,
  steps: readonly PlannedStep[],
  inside: (node: RevisionNode) => boolean,
): readonly PlannedStep[] {
  const reasons = new Map<RevisionNode, string>()
  const annotated = steps.toReversed().map((step) => {
    const node = index.byId.get(step.revision)
    if (node === undefined) return step
    const neededBy = inside(node) ? undefined : reasons.get(node)
    for (const need of node.needs) {
      if (inside(node) || !reasons.has(need)) reasons.set(need, neededBy ?? node.id)
    }
    return neededBy === undefined ? step : { ...step, neededBy }
  })
  return annotated.reverse()
}
