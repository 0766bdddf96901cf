import type { PoolResult } from '../runner/index.ts'
import type { Style } from './style.ts'
import { type FailureLines, failureSummary } from './tenants.ts'
import { countOf, durationText } from './units.ts'

/** What a run is of. */
interface RunFacts {
  /** The tenant line; null for single lines. */
  readonly line: string | null
  readonly direction: 'upgrade' | 'downgrade'
  readonly groups: readonly FailureLines[]
}

/** How many revisions a run has applied or reverted; of tenants, how many are done and what became of the others. */
export function resultText(result: PoolResult, { line, direction, groups }: RunFacts, style: Style): string {
  const { done, failures, gone, left, steps, ms } = result
  if (line === null) {
    const verb = direction === 'upgrade' ? 'applied' : 'reverted'
    return style.good(`${verb} ${countOf(steps, 'revision')} in ${durationText(ms)}`)
  }
  const failed = failures.length
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
