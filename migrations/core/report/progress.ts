import type { MigEvent, StepFacts, TenantsProgress } from '../events.ts'
import { textWidth } from '../text-width.ts'
import { paceParts, percentOf } from './event.ts'
import { directionArrow } from './plan.ts'
import { plainStyle, type Style } from './style.ts'
import { tenantsProgressText } from './tenants.ts'
import { cutText, oneLine } from './text.ts'
import { countOf, countText, durationText } from './units.ts'

/** What a terminal's progress line shows: a plain value, made from events. */
export interface ProgressState {
  readonly finished: number
  readonly total: number
  /** The sum of the durations of the finished steps. */
  readonly finishedMs: number
  readonly step?: StepFacts
  /** When the step began, in milliseconds since the epoch. */
  readonly stepStartedAt?: number
  /** How far the step's own long work is: an index build, a backfill. */
  readonly work?: MigEvent & { readonly event: 'progress' }
  /** What is being waited for. */
  readonly waiting?: string
  /** How far a run over many tenants is; it takes the place of the steps. */
  readonly tenants?: TenantsProgress
}

export const noProgress: ProgressState = { finished: 0, total: 0, finishedMs: 0 }

/** The state after an event that came at `at` (milliseconds since the epoch). */
export function nextProgress(state: ProgressState, event: MigEvent, at: number): ProgressState {
  const { finished, finishedMs } = state
  switch (event.event) {
    case 'plan':
    case 'tenant-plan':
      return noProgress
    case 'step-start':
      return { finished, finishedMs, total: event.total, step: event, stepStartedAt: at }
    case 'step-done':
      return { finished: finished + 1, finishedMs: finishedMs + event.ms, total: event.total }
    case 'progress': {
      const { waiting: _, ...rest } = state
      return { ...rest, work: event }
    }
    case 'tenants-progress':
      return { ...state, tenants: event }
    case 'lock-wait':
      return { ...state, waiting: `waiting for the lock of ${event.targetSchema}` }
    case 'retry':
      return { ...state, waiting: `attempt ${event.attempt} failed, next in ${durationText(event.delayMs)}` }
    default:
      return state
  }
}

export interface ProgressLineOptions {
  /** Width of the terminal; the line is never wider. */
  readonly columns: number
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly style?: Style
}

/** Done, failed, left, rate, time left and the slowest tenant, after a bar. */
function tenantsLine(tenants: TenantsProgress, columns: number, style: Style): string {
  const { done, failed, left, total } = tenants
  const bar = barText(total === 0 ? 1 : (done + failed) / total)
  const line = cutText(`${bar} ${tenantsProgressText(tenants)}`, columns)
  if (textWidth(line) < textWidth(bar)) return line
  const paint = failed > 0 ? style.error : left === 0 ? style.good : style.strong
  return paint(bar) + line.slice(bar.length)
}

const barWidth = 20

/**
 * The state as one line: bar, per cent, what is being done, rate and time left. Empty when there is nothing to tell.
 * The time left over the steps is a guess from those that are finished, so it shows from the second step on.
 */
export function progressLine(state: ProgressState, options: ProgressLineOptions): string {
  const style = options.style ?? plainStyle
  if (state.tenants !== undefined) return tenantsLine(state.tenants, options.columns, style)
  const { total, finished, waiting, work } = state
  if (total === 0 && waiting === undefined && work === undefined) return ''
  // Steps of a batch are told of when all of it is done.
  const share = total === 0 ? workShare(state) : (finished + workShare(state)) / total
  const bar = barText(share)
  const rest = [...stepParts(state, options.now), ...workParts(state), waiting ?? '']
    .filter((part) => part !== '')
    .join(', ')
  const cut = cutText(`${bar} ${rest}`, options.columns)
  const shown = textWidth(cut) < textWidth(bar) ? '' : cut.slice(bar.length)
  return shown === '' ? cut : style.good(bar) + shown
}

function barText(share: number): string {
  const full = Math.floor(share * barWidth)
  const percent = String(percentOf(share, 1)).padStart(3)
  return `${'█'.repeat(full)}${'░'.repeat(barWidth - full)} ${percent}%`
}

function workShare(state: ProgressState): number {
  const { work } = state
  if (work === undefined || work.total === null || work.total <= 0) return 0
  return Math.min(1, work.done / work.total)
}

function stepParts(state: ProgressState, now: number): readonly string[] {
  if (state.total === 0) return []
  const left = state.total - state.finished
  const guess = (state.finishedMs / Math.max(1, state.finished)) * left
  const timeLeft = state.finished === 0 || left === 0 ? '' : `about ${durationText(guess)} left`
  if (state.step === undefined) return [`${state.finished}/${countOf(state.total, 'step')}`, timeLeft]
  const { step } = state
  const running = now - (state.stepStartedAt ?? now)
  return [
    `${state.finished + 1}/${state.total} ${directionArrow(step.direction)} ${step.targetSchema} ${step.revision} ${oneLine(step.message)}`.trimEnd(),
    running < 1000 ? '' : durationText(running),
    state.work === undefined ? timeLeft : '',
  ]
}

function workParts(state: ProgressState): readonly string[] {
  const { work } = state
  if (work === undefined) return []
  const done = work.total === null ? countText(work.done) : `${percentOf(work.done, work.total)}%`
  return [`${oneLine(work.what)} ${done}`, ...paceParts(work)]
}
