import { checkInScope, scopeOf } from '../graph/names.ts'
import { dependantsOf, type RevisionIndex, type RevisionNode, reach } from '../graph/nodes.ts'
import { historyOrder, startsOf } from '../graph/order.ts'
import { refuseOtherLines } from './downgrade-lines.ts'
import { appliedAbove } from './downgrade-target.ts'
import { refuseIrreversible } from './irreversible.ts'
import type { DowngradeRequest, PlannedStep } from './plan-types.ts'
import { mostRecent } from './recent.ts'
import { appliedNodes, type LedgerRows, ledgerRows, withRows } from './rows.ts'
import { type ParsedTarget, parseTarget, type SymbolContext } from './targets.ts'

/**
 * The steps that take away what stands above the target: every applied revision that descends, through down_revision
 * or depends-on, from a child of the target. A dependency stays when its dependant goes.
 * `-N` takes the N most recently applied revisions where the log is given or several lines are meant.
 * @throws MigError `destination-not-on-path`, `not-valid-downgrade-target`, `relative-not-enough`, `walked-too-far`,
 *   `ambiguous-walk`, `ambiguous-downgrade`, `needed-by-other-line`, `irreversible`, `outside-filter`, and as `locate`
 */
export function downgradePlan(index: RevisionIndex, request: DowngradeRequest): readonly PlannedStep[] {
  const ledger = ledgerRows(index, request, false)
  const around: SymbolContext = { index, scope: scopeOf(index, request.lines), rows: ledger.rows }
  const applied = appliedNodes(ledger)
  const texts = typeof request.target === 'string' ? [request.target] : request.target
  const targets = texts.map((text) => parseTarget(index, text))
  for (const { branch } of targets) checkInScope(branch, around.scope)
  const [only] = targets
  if (only !== undefined && targets.length === 1 && isByLog(around, only, request.recentlyApplied)) {
    const order = recentOrder(around, ledger, only, request.recentlyApplied ?? [])
    return withRows(ledger, order, 'downgrade')
  }
  const goes = new Set(targets.flatMap((target) => [...appliedAbove(around, target, applied)]))
  refuseOtherLines(goes, around.scope.has, around.scope, texts.join(' '))
  const order = historyOrder(goes, startsOf(goes, ledger.rows), index.lines)
  refuseIrreversible(order)
  return withRows(ledger, order, 'downgrade')
}

function isByLog(
  { scope }: SymbolContext,
  { branch, symbol, relative }: ParsedTarget,
  recentlyApplied: readonly string[] | undefined,
): boolean {
  if (symbol !== '' || relative === undefined || relative >= 0) return false
  if (branch !== undefined) return recentlyApplied !== undefined && branch.anchor === undefined
  return recentlyApplied !== undefined || scope.lines.length > 1
}

function recentOrder(
  around: SymbolContext,
  ledger: LedgerRows,
  { branch, relative = 0, text }: ParsedTarget,
  recentlyApplied: readonly string[],
): readonly RevisionNode[] {
  const { index, scope, rows } = around
  const applied = appliedNodes(ledger)
  const eligible = new Set(
    [...applied].filter((node) => scope.has(node) && (branch === undefined || branch.has(node))),
  )
  const fallback = historyOrder(eligible, startsOf(eligible, rows), index.lines)
  const lines = scope.filtered ? ` ${scope.lines.join(',')}` : ''
  const all = `just mig-downgrade ${branch === undefined ? 'base' : `${branch.name}@base`}${lines}`
  const order = mostRecent(
    { eligible, passed: ledger.neverRun },
    recentlyApplied,
    fallback,
    -relative,
    text,
    all,
  )
  const goes = new Set(order)
  const remaining = [...reach(goes, dependantsOf)].filter((node) => applied.has(node))
  refuseOtherLines(new Set(remaining), (node) => goes.has(node), scope, text)
  refuseIrreversible(order)
  return order
}
