import type { Style } from './style.ts'
import { type FailureLines, failureSummary } from './tenants.ts'
import { countOf, durationText } from './units.ts'

export function resultText(
  { steps, ms }: { readonly steps: number; readonly ms: number },
  direction: 'upgrade' | 'downgrade',
  style: Style,
): string {
  const verb = direction === 'upgrade' ? 'applied' : 'reverted'
  return style.good(`${verb} ${countOf(steps, 'revision')} in ${durationText(ms)}`)
}

/** How many tenants are done, and what became of the others. */
export interface TenantTotals {
  readonly done: number
  readonly failed: number
  readonly gone: number
  readonly left: number
  readonly steps: number
  readonly ms: number
  readonly groups: readonly FailureLines[]
}

export function tenantsResultText(line: string, totals: TenantTotals, style: Style): string {
  const { done, failed, gone, left, steps, ms, groups } = totals
  const counts = [
    `${countOf(done, 'tenant')} of ${line} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(gone > 0 ? [`${gone} gone`] : []),
    ...(left > 0 ? [`${left} not begun`] : []),
  ]
  const text = `${counts.join(', ')}: ${countOf(steps, 'step')} in ${durationText(ms)}`
  const paint = failed > 0 ? style.warning : style.good
  return [...(groups.length === 0 ? [] : [failureSummary(groups, style)]), paint(text)].join('\n')
}

/** Where the target schemas stand that a run leaves as they are. */
export function nothingToDoText(
  lines: readonly { readonly targetSchema: string; readonly revisions: readonly string[] }[],
): string {
  const texts = lines.map(
    ({ targetSchema, revisions }) => `${targetSchema} at ${revisions.join(', ') || 'base'}`,
  )
  return `nothing to do: ${texts.join('; ')}`
}
