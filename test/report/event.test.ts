import { describe, expect, test } from 'vitest'
import type { LockHolder, MigEvent, StepFacts } from '../../migrations/core/events.ts'
import { eventText } from '../../migrations/core/report/event.ts'
import { planText } from '../../migrations/core/report/plan.ts'
import { nextProgress, noProgress, progressLine } from '../../migrations/core/report/progress.ts'
import { textWidth } from '../../migrations/core/text-width.ts'

const step: StepFacts = {
  revision: '3f2a9c41b7d0',
  direction: 'upgrade',
  line: 'user',
  targetSchema: 'rfx_user',
  message: 'add preferred_language',
  appliedAfter: ['3f2a9c41b7d0'],
}
const needed: StepFacts = {
  ...step,
  revision: '9f3c',
  line: 'message',
  targetSchema: 'rfx_message',
  neededBy: '3f2a9c41b7d0',
}
const holder: LockHolder = {
  pid: 4711,
  application: 'psql',
  user: 'ann',
  host: '10.0.0.7',
  since: '2026-11-21T09:55:00Z',
  state: 'idle in transaction',
  query: 'SELECT 1\nFROM t',
}
const now = new Date('2026-11-21T10:00:00Z')
const work: MigEvent = {
  event: 'progress',
  revision: '3f2a9c41b7d0',
  targetSchema: 'rfx_user',
  what: 'backfill profile',
  done: 12_000,
  total: 40_000,
  unit: 'rows',
  perSecond: 1200,
  secondsLeft: 23,
}

describe('planText', () => {
  test('numbers the steps and names what was not asked for', () => {
    expect(planText([needed, step])).toBe(
      [
        'plan: 2 steps',
        '  1. ↑  message  rfx_message  9f3c          add preferred_language  (needed by 3f2a9c41b7d0)',
        '  2. ↑  user     rfx_user     3f2a9c41b7d0  add preferred_language',
      ].join('\n'),
    )
  })

  test('an empty plan says so', () => {
    expect(planText([])).toBe('plan: nothing to do')
  })
})

describe('eventText', () => {
  const statement: MigEvent = {
    event: 'statement',
    targetSchema: 'rfx_user',
    revision: '3f2a9c41b7d0',
    sql: 'CREATE TABLE t (\n  a int\n)',
    ms: 3,
    rows: null,
  }
  const done: MigEvent = { event: 'step-done', index: 1, total: 2, ms: 12, ...step }
  const warning: MigEvent = { event: 'warning', code: 'x', message: 'a thing', help: 'do this' }

  test('quiet tells warnings only', () => {
    expect(eventText(done, 'quiet')).toBeUndefined()
    expect(eventText(warning, 'quiet')).toBe('warning MIG-x: a thing\nhelp: do this')
  })

  test('normal tells each finished step, verbose each statement on one line, debug its full text', () => {
    expect(eventText(done, 'normal')).toBe('[1/2] ↑ rfx_user 3f2a9c41b7d0 add preferred_language (12 ms)')
    expect(eventText(statement, 'normal')).toBeUndefined()
    expect(eventText(statement, 'verbose')).toBe('    CREATE TABLE t ( a int ) (3 ms)')
    expect(eventText(statement, 'debug')).toContain('(\n      a int\n    )')
  })

  test('a server warning is told at normal, a notice at verbose', () => {
    const notice = (severity: string): MigEvent => ({ event: 'notice', severity, message: 'm' })
    expect(eventText(notice('WARNING'), 'normal')).toBe('warning: m')
    expect(eventText(notice('NOTICE'), 'normal')).toBeUndefined()
    expect(eventText(notice('NOTICE'), 'verbose')).toBe('notice: m')
  })

  test('a wait names who holds the lock, and when that began', () => {
    const wait: MigEvent = { event: 'lock-wait', targetSchema: 'rfx_user', holder, waitedMs: 3000 }
    expect(eventText(wait, 'normal', { now })).toBe(
      'waiting for the lock of rfx_user for 3.0 s; it is held by pid 4711 (psql, ann from 10.0.0.7), idle in transaction, began 5 min ago: SELECT 1 FROM t',
    )
    expect(eventText({ ...wait, holder: undefined }, 'normal')).toBe(
      'waiting for the lock of rfx_user for 3.0 s',
    )
  })

  test('a retry names the blocker, the attempt and the pause', () => {
    const retry: MigEvent = {
      event: 'retry',
      revision: '3f2a9c41b7d0',
      targetSchema: 'rfx_user',
      attempt: 1,
      sqlState: '55P03',
      delayMs: 250,
      blockers: [holder, holder],
    }
    const text = eventText(retry, 'normal', { now })
    expect(text).toContain('rfx_user 3f2a9c41b7d0 could not get a lock (55P03), blocked by pid 4711')
    expect(text).toContain('and 1 other; attempt 1 failed, next in 250 ms')
  })

  test('progress has counts, per cent, rate and time left', () => {
    expect(eventText(work, 'normal')).toBe(
      'rfx_user 3f2a9c41b7d0 backfill profile: 12\u202f000 of 40\u202f000 rows (30%), 1\u202f200 rows/s, 23 s left',
    )
  })

  test('no password in a notice or a statement is told', () => {
    const notice: MigEvent = { event: 'notice', severity: 'WARNING', message: 'postgres://a:s3cret@h/d' }
    expect(eventText(notice, 'normal')).toBe('warning: postgres://a:***@h/d')
  })
})

describe('progressLine', () => {
  const events: readonly MigEvent[] = [
    { event: 'plan', steps: [needed, step] },
    { event: 'step-start', index: 1, total: 2, ...needed },
    { event: 'step-done', index: 1, total: 2, ms: 2000, ...needed },
    { event: 'step-start', index: 2, total: 2, ...step },
  ]
  const half = events.reduce((state, event) => nextProgress(state, event, 1000), noProgress)

  test('shows the bar, the step, how long it runs and the time left', () => {
    expect(progressLine(half, { columns: 120, now: 3500 })).toBe(
      '██████████░░░░░░░░░░  50% 2/2 ↑ rfx_user 3f2a9c41b7d0 add preferred_language, 2.5 s, about 2.0 s left',
    )
  })

  test("counts a step's own work into the bar", () => {
    const line = progressLine(nextProgress(half, work, 1000), { columns: 160, now: 1000 })
    expect(line).toContain('█████████████░░░░░░░  65% 2/2')
    expect(line).toContain('backfill profile 30%, 1\u202f200 rows/s, 23 s left')
  })

  test('shows how far a batch is, of which no step has begun', () => {
    const what = '40 revisions in one transaction'
    const batch = { ...work, what, done: 10, total: 40, unit: 'revisions', perSecond: 5, secondsLeft: 6 }
    const state = nextProgress(nextProgress(noProgress, { event: 'plan', steps: [step] }, 0), batch, 1000)
    expect(progressLine(state, { columns: 120, now: 3000 })).toBe(
      '█████░░░░░░░░░░░░░░░  25% 40 revisions in one transaction 25%, 5 revisions/s, 6.0 s left',
    )
  })

  test('is never wider than the terminal', () => {
    for (const columns of [0, 5, 26, 40, 79])
      expect(textWidth(progressLine(half, { columns, now: 1000 }))).toBeLessThanOrEqual(columns)
  })

  test('is empty while there is nothing to tell', () => {
    expect(progressLine(noProgress, { columns: 80, now: 0 })).toBe('')
  })
})
