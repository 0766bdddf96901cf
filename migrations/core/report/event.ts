import { type LockHolder, type MigEvent, retriedStates, type StepFacts } from '../events.ts'
import { withoutSecrets } from '../secrets.ts'
import { placeText } from './error.ts'
import { directionArrow, planText } from './plan.ts'
import { cutToSize, indentedRest } from './printable.ts'
import { plainStyle, type Style } from './style.ts'
import { tenantText } from './tenants.ts'
import { cutText, oneLine } from './text.ts'
import { countOf, countText, durationText, relativeTime } from './units.ts'

/** How much is printed: `quiet` only warnings, `normal` each step, `verbose` each statement, `debug` everything. */
export const levels = ['quiet', 'normal', 'verbose', 'debug'] as const
export type EventLevel = (typeof levels)[number]

export interface EventTextOptions {
  readonly style?: Style
  /** For ages, as of a lock's holder; without it the moment itself is shown. */
  readonly now?: Date
}

/**
 * An event as text for plain output: one line, except for a plan, a warning's help and, at `debug`, a statement.
 * Undefined when the level leaves it out.
 */
export function eventText(
  event: MigEvent,
  level: EventLevel,
  options: EventTextOptions = {},
): string | undefined {
  if (levels.indexOf(level) < levels.indexOf(levelOf(event))) return undefined
  return withoutSecrets(textOf(event, level, options.style ?? plainStyle, options.now))
}

/** The lowest level that shows an event. */
function levelOf(event: MigEvent): EventLevel {
  switch (event.event) {
    case 'warning':
      return 'quiet'
    case 'statement':
    case 'step-start':
    case 'tenant-done':
      return 'verbose'
    case 'tenants-progress':
      return 'debug'
    case 'server':
      return event.state === 'starting' ? 'verbose' : 'normal'
    case 'notice':
      return noticeLevel(event.severity)
    default:
      return 'normal'
  }
}

function noticeLevel(severity: string): EventLevel {
  if (severity === 'WARNING' || severity === 'INFO') return 'normal'
  return severity === 'NOTICE' ? 'verbose' : 'debug'
}

function textOf(event: MigEvent, level: EventLevel, style: Style, now: Date | undefined): string {
  switch (event.event) {
    case 'plan':
      return planText(event.steps, style)
    case 'server':
      return `server ${event.state}: ${oneLine(event.detail)}`
    case 'lock-wait':
      return (
        `waiting for the lock of ${oneLine(event.targetSchema)} for ${durationText(event.waitedMs)}` +
        (event.holder === undefined ? '' : `; it is held by ${holderText(event.holder, now)}`)
      )
    case 'step-start':
      return style.dim(`${stepText(event, event)} …`)
    case 'step-done':
      return `${stepText(event, event)} ${style.dim(`(${durationText(event.ms)})`)}`
    case 'statement':
      return statementText(event, level, style)
    case 'notice':
      return `${event.severity.toLowerCase()}: ${oneLine(cutToSize(event.message))}`
    case 'retry':
      return retryText(event, now)
    case 'progress':
      return `${oneLine(event.targetSchema)} ${event.revision} ${progressText(event)}`
    case 'tenant-plan':
    case 'tenant-done':
    case 'tenant-failed':
    case 'tenants-progress':
      return tenantText(event, style)
    case 'warning':
      return warningText(event, style)
  }
}

function stepText(step: StepFacts, of: { readonly index: number; readonly total: number }): string {
  return `[${of.index}/${of.total}] ${directionArrow(step.direction)} ${oneLine(step.targetSchema)} ${step.revision} ${oneLine(step.message)}`.trimEnd()
}

function statementText(event: MigEvent & { event: 'statement' }, level: EventLevel, style: Style): string {
  const rows = event.rows === null ? '' : `, ${countOf(event.rows, 'row')}`
  const sql = level === 'debug' ? indentedRest(event.sql.trim(), '    ') : cutText(oneLine(event.sql), 160)
  return `    ${sql} ${style.dim(`(${durationText(event.ms)}${rows})`)}`
}

function retryText(event: MigEvent & { event: 'retry' }, now: Date | undefined): string {
  const why = retriedStates[event.sqlState] ?? 'lost its connection'
  const [blocker] = event.blockers
  const others = event.blockers.length - 1
  const by =
    blocker === undefined
      ? ''
      : `, blocked by ${holderText(blocker, now)}${others > 0 ? ` and ${countOf(others, 'other')}` : ''}`
  return `${oneLine(event.targetSchema)} ${event.revision} ${why} (${event.sqlState})${by}; attempt ${event.attempt} failed, next in ${durationText(event.delayMs)}`
}

/** What is being done and how far it is: `backfill profile: 12 000 of 40 000 rows (30%), 1 200 rows/s, 23 s left`. */
export function progressText(event: MigEvent & { event: 'progress' }): string {
  const parts = [
    event.total === null
      ? `${countText(event.done)} ${event.unit}`
      : `${countText(event.done)} of ${countText(event.total)} ${event.unit} (${percentOf(event.done, event.total)}%)`,
  ]
  return `${oneLine(event.what)}: ${[...parts, ...paceParts(event)].join(', ')}`
}

/** The rate and the time left, as far as they are known. */
export function paceParts(event: MigEvent & { event: 'progress' }): readonly string[] {
  return [
    ...(event.perSecond === null ? [] : [`${countText(event.perSecond)} ${event.unit}/s`]),
    ...(event.secondsLeft === null ? [] : [`${durationText(event.secondsLeft * 1000)} left`]),
  ]
}

/** Whole per cent, rounded down so that 100 means done. */
export function percentOf(done: number, total: number): number {
  return total <= 0 ? 100 : Math.min(100, Math.floor((done / total) * 100))
}

function warningText(event: MigEvent & { event: 'warning' }, style: Style): string {
  const at = event.place === undefined ? undefined : placeText(event.place)
  const lines = [`${style.warning(`warning MIG-${event.code}:`)} ${indentedRest(cutToSize(event.message))}`]
  if (at !== undefined) lines.push(`  at ${at}`)
  if (event.help !== undefined) lines.push(`${style.help('help:')} ${indentedRest(event.help, '      ')}`)
  return lines.join('\n')
}

/** Who holds a lock: `pid 4711 (psql, alice from 10.0.0.7), idle in transaction, began 5 min ago: SELECT …`. */
export function holderText(holder: LockHolder, now?: Date): string {
  const who = [holder.application, `${holder.user}${holder.host === '' ? '' : ` from ${holder.host}`}`]
    .map(oneLine)
    .filter((part) => part !== '')
    .join(', ')
  const since = new Date(holder.since)
  const age =
    now === undefined || Number.isNaN(since.getTime())
      ? `began ${holder.since}`
      : `began ${relativeTime(since, now)}`
  const query = oneLine(holder.query)
  return `pid ${holder.pid} (${who}), ${holder.state}, ${age}${query === '' ? '' : `: ${cutText(query, 80)}`}`
}
