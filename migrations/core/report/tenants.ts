import type { MigEvent, TenantsProgress } from '../events.ts'
import { directionArrow, inBatches, lossLines } from './plan.ts'
import type { Style } from './style.ts'
import { namesText, oneLine } from './text.ts'
import { countOf, countText, durationText } from './units.ts'

type TenantEvent = MigEvent & {
  readonly event: 'tenant-plan' | 'tenant-done' | 'tenant-failed' | 'tenants-progress'
}

export function tenantText(event: TenantEvent, style: Style): string {
  switch (event.event) {
    case 'tenant-plan':
      return tenantPlanText(event, style)
    case 'tenant-done':
      return `${tenantName(event)}: ${countOf(event.steps, 'step')} ${style.dim(`(${durationText(event.ms)})`)}`
    case 'tenant-failed':
      return `${style.error('failed')} ${tenantName(event)}: MIG-${event.code}: ${oneLine(event.message)}`
    case 'tenants-progress':
      return `${event.line}: ${tenantsProgressText(event)}`
  }
}

/** `1 204 done, 2 failed, 794 left, 96/s, 8 s left, slowest tenant_17 (1.2 s)`. */
export function tenantsProgressText(progress: TenantsProgress): string {
  const { done, failed, left, perSecond, secondsLeft, slowest } = progress
  const rate = (perSecond ?? 0) < 10 ? (perSecond ?? 0).toFixed(1) : countText(perSecond ?? 0)
  return [
    `${countText(done)} done`,
    ...(failed > 0 ? [`${countText(failed)} failed`] : []),
    `${countText(left)} left`,
    ...(perSecond === null ? [] : [`${rate}/s`]),
    ...(secondsLeft === null || left === 0 ? [] : [`${durationText(secondsLeft * 1000)} left`]),
    ...(slowest === null ? [] : [`slowest ${oneLine(slowest.targetSchema)} (${durationText(slowest.ms)})`]),
  ].join(', ')
}

/** How many tenants a plan is for, the first and the last, and the steps of each group of tenants at the same revision. */
function tenantPlanText(plan: MigEvent & { readonly event: 'tenant-plan' }, style: Style): string {
  const { line, direction, target, tenants, first, last, groups, refused = 0 } = plan
  const [from, to] = [first, last].map((name) => oneLine(name ?? ''))
  const range = first === null ? '' : first === last ? `: ${from}` : `: ${from} to ${to}`
  const head = `${line}: ${direction} to ${oneLine(target)} on ${countOf(tenants, 'tenant')}${range}`
  const behind = groups.reduce((sum, group) => sum + group.tenants, 0)
  const rest = tenants - behind - refused
  const rows = groups.map((group) => {
    const before = group.applied.join(', ') || 'base'
    const after = group.after.join(', ') || 'base'
    const what = `${directionArrow(direction)} ${style.revision(before)} → ${style.revision(after)}`
    const batches = group.batches ?? []
    const shared = inBatches(batches.flat().length, batches.length)
    const row = `  ${countOf(group.tenants, 'tenant')} ${what}, ${countOf(group.steps.length, 'step')} each${shared}`
    return [row, ...lossLines(group.losses ?? [], style).map((text) => `    ${text}`)].join('\n')
  })
  return [
    style.strong(head),
    ...rows,
    ...(rest > 0 ? [`  ${countOf(rest, 'tenant')} with nothing to do`] : []),
    ...(refused > 0 ? [style.warning(`  ${countOf(refused, 'tenant')} without a plan`)] : []),
  ].join('\n')
}

/** Failures that say the same of different tenants. */
export interface FailureLines {
  readonly code: string
  readonly message: string
  readonly tenants: readonly string[]
}

const barCells = 30

/** How tenants spread over revisions, as bars; the largest group has a full one. */
export function tenantBars(
  groups: readonly { readonly label: string; readonly tenants: number }[],
  style: Style,
): string {
  const most = Math.max(1, ...groups.map(({ tenants }) => tenants))
  const width = Math.max(0, ...groups.map(({ tenants }) => countText(tenants).length))
  return groups
    .toSorted((a, b) => b.tenants - a.tenants)
    .map(({ label, tenants }) => {
      // Even one tenant among thousands shows.
      const cells = Math.max(1, Math.round((tenants / most) * barCells))
      return `${style.good('█'.repeat(cells).padEnd(barCells))} ${countText(tenants).padStart(width)}  ${label}`
    })
    .join('\n')
}

/** What failed, grouped by error: how many tenants, what it says, and their names. */
export function failureSummary(groups: readonly FailureLines[], style: Style): string {
  return groups
    .map(
      ({ code, message, tenants }) =>
        `${style.error(`${countOf(tenants.length, 'tenant')} failed`)} with MIG-${code}: ${oneLine(message)}\n  ${namesText(tenants, 10)}`,
    )
    .join('\n')
}

function tenantName({
  targetSchema,
  shard,
}: Pick<TenantEvent & { event: 'tenant-done' }, 'targetSchema' | 'shard'>): string {
  return oneLine(shard === null ? targetSchema : `${targetSchema} (${shard})`)
}
