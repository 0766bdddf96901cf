import { MigError } from '../../errors.ts'
import { checkInScope, type LineFilter, scopeOf } from '../graph/names.ts'
import { dependantsOf, type RevisionIndex, type RevisionNode, reach } from '../graph/nodes.ts'
import { historyOrder, startsOf } from '../graph/order.ts'
import { appliedAbove } from './downgrade-target.ts'
import type { DowngradeRequest, PlannedStep } from './plan-types.ts'
import { mostRecent } from './recent.ts'
import { appliedNodes, type LedgerRows, ledgerRows, withRows } from './rows.ts'
import { type ParsedTarget, parseTarget, type SymbolContext } from './target-syntax.ts'

/**
 * The steps that take away what stands above the target: every applied revision that descends, through down_revision
 * or depends-on, from a child of the target. A dependency stays when its dependant goes.
 * `-N` takes the N most recently applied revisions where the log is given or several lines are meant.
 * @throws MigError `destination-not-on-path`, `not-valid-downgrade-target`, `relative-not-enough`, `walked-too-far`,
 *   `ambiguous-walk`, `ambiguous-downgrade`, `needed-by-other-line`, `irreversible`,
 *   `multiple-heads`, `cant-locate`, `ambiguous-prefix`, `prefix-too-short`, `not-branch-member`, `outside-filter`
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

/**
 * Refuses a downgrade that would also take away revisions it may not touch.
 * @param goes all that would go
 * @throws MigError `needed-by-other-line`, with the command that takes those away
 */
function refuseOtherLines(
  goes: ReadonlySet<RevisionNode>,
  allowed: (node: RevisionNode) => boolean,
  scope: LineFilter,
  text: string,
): void {
  const others = [...goes].filter((node) => !allowed(node))
  const [other] = others
  if (other === undefined) return
  const need = other.needs.find((node) => goes.has(node)) ?? other
  const lines = [...new Set(others.map((node) => node.line))]
  const isFixed = !/^(.*@)?(base|current|[+-]\d+)$/.test(text)
  const wider = [...new Set([...scope.lines, ...lines])].join(',')
  const help =
    isFixed && scope.filtered
      ? `revert both: just mig-downgrade ${text} ${wider}`
      : `revert it first: ${lines.map((line) => `just mig-downgrade ${lowestTarget(others, line)} ${line}`).join('; ')}`
  throw new MigError(
    'needed-by-other-line',
    `revision ${other.id} of line ${other.line} depends on ${need.id} of line ${need.line}, which would be reverted`,
    { help, facts: { revisions: others.map((node) => node.id), lines, target: text } },
  )
}

/** What to downgrade a line to, so that none of `others` is left in it. */
function lowestTarget(others: readonly RevisionNode[], line: string): string {
  const inLine = others.filter((node) => node.line === line)
  const lowest = inLine.find((node) => !node.parents.some((parent) => inLine.includes(parent)))
  return lowest?.parents[0]?.id ?? 'base'
}

/**
 * Refuses a downgrade that would revert a revision whose file says that nothing does.
 * @param order what goes, in its order
 * @throws MigError `irreversible`, with the first of them, its reason, and how far down the way is open
 */
function refuseIrreversible(order: readonly RevisionNode[]): void {
  const kept = order.filter((node) => node.spec.irreversible !== undefined)
  const [first] = kept
  if (first === undefined) return
  const { id, line, spec } = first
  const inLine = line === '' ? '' : ` ${line}`
  const where = line === '' ? '' : ` of line ${line}`
  const reach = order[0] === first ? '' : `downgrade to it at most: just mig-downgrade ${id}${inLine}; `
  throw new MigError('irreversible', `revision ${id}${where} cannot be reverted: ${spec.irreversible}`, {
    help: `${reach}to go below it, restore a backup, or undo it by hand and tell the ledger: just mig-stamp ${first.parents[0]?.id ?? 'base'}${inLine}`,
    facts: { revision: id, reason: spec.irreversible, revisions: kept.map((node) => node.id) },
    ...('path' in spec && typeof spec.path === 'string' ? { place: { file: spec.path } } : {}),
  })
}
