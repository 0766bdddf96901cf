import type { StepFacts, StepLoss } from '../events.ts'
import { textWidth } from '../text-width.ts'
import { plainStyle, type Style } from './style.ts'
import { oneLine, padText } from './text.ts'
import { countOf, countText } from './units.ts'

/** `↑` for an upgrade, `↓` for a downgrade. */
export function directionArrow(direction: StepFacts['direction']): string {
  return direction === 'upgrade' ? '↑' : '↓'
}

/**
 * A plan as numbered lines: direction, line, target schema, revision, message, which revision needs a step
 * that was not asked for, which applied one it was put below, that there is no downgrade, and which batch it is in; below a
 * step the data that it loses. An empty plan says so.
 */
export function planText(steps: readonly StepFacts[], style: Style = plainStyle): string {
  if (steps.length === 0) return 'plan: nothing to do'
  const numberWidth = String(steps.length).length
  const lineWidth = widest(steps.map((step) => step.line))
  const schemaWidth = widest(steps.map((step) => oneLine(step.targetSchema)))
  const revisionWidth = widest(steps.map((step) => step.revision))
  const lines = steps.map((step, index) => {
    const cells = [
      `${padText(String(index + 1), numberWidth, 'right')}. ${directionArrow(step.direction)}`,
      padText(step.line, lineWidth),
      padText(oneLine(step.targetSchema), schemaWidth),
      style.revision(padText(step.revision, revisionWidth)),
      oneLine(step.message),
    ]
    const needed = step.neededBy === undefined ? '' : style.dim(`  (needed by ${step.neededBy})`)
    const below = step.below === undefined ? '' : style.warning(`  (below ${step.below}, which is applied)`)
    const final = step.irreversible === undefined ? '' : style.warning('  (irreversible)')
    const batch = step.batch === undefined ? '' : style.dim(`  (batch ${step.batch})`)
    const losses = lossLines(step.losses ?? [], style).map((line) => `${' '.repeat(numberWidth + 6)}${line}`)
    return [`  ${cells.join('  ')}`.trimEnd() + needed + below + final + batch, ...losses].join('\n')
  })
  const shared = steps.flatMap(({ batch }) => batch ?? [])
  const count = countOf(steps.length, 'step') + inBatches(shared.length, new Set(shared).size)
  return [`${style.strong('plan:')} ${count}`, ...lines].join('\n')
}

/** `, 10 of them in 2 batches`, after the count of all steps; empty where none share a transaction. */
export function inBatches(shared: number, batches: number): string {
  return batches === 0 ? '' : `, ${countText(shared)} of them in ${countOf(batches, 'batch', 'batches')}`
}

/** `loses data: column rfx_user.profile.email, 3 rows`, a line for each loss. */
export function lossLines(losses: readonly StepLoss[], style: Style): readonly string[] {
  return losses.map((loss) => (loss.rows === 0 ? style.dim : style.error)(lossText(loss)))
}

function lossText({ loss, rows, estimated = false }: StepLoss): string {
  const text = `loses data: ${oneLine(loss)}`
  if (rows === undefined) return text
  if (rows === 0) return `${text}, no rows`
  return `${text}, ${estimated ? 'about ' : ''}${countOf(rows, 'row')}`
}

function widest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, textWidth(text)), 0)
}
