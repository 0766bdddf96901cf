import { expect, test } from 'vitest'
import type { MigEvent, StepFacts } from '../../migrations/core/index.ts'
import { colourStyle, lossLines, plainStyle, printable } from '../../migrations/core/report/index.ts'
import { planText } from '../../migrations/core/report/plan.ts'
import { tenantText } from '../../migrations/core/report/tenants.ts'

test('a plan says below each step what it loses, in red unless no rows are there', () => {
  const step: Omit<StepFacts, 'revision'> = {
    direction: 'downgrade',
    line: 'user',
    targetSchema: 'rfx_user',
    message: 'm',
    appliedAfter: [],
  }
  const losses = [
    { loss: 'table a.t' },
    { loss: 'column a.u.c', rows: 1 },
    { loss: 'rows of table a.v', rows: 1204567, estimated: true },
    { loss: 'column a.w.c', rows: 0 },
  ]
  const text = planText(
    [
      { ...step, revision: 'a1', losses },
      { ...step, revision: 'a2' },
    ],
    plainStyle,
  )
  expect(text.replaceAll('\u202f', ' ')).toBe(`plan: 2 steps
  1. ↓  user  rfx_user  a1  m
       loses data: table a.t
       loses data: column a.u.c, 1 row
       loses data: rows of table a.v, about 1 204 567 rows
       loses data: column a.w.c, no rows
  2. ↓  user  rfx_user  a2  m`)
  const painted = lossLines(losses, colourStyle)
  expect(painted.map((line) => printable(line).startsWith('\u001b[31m'))).toEqual([true, true, true, false])
})

test('a plan for tenants says how many of the steps of each are in batches', () => {
  const group = { applied: [], steps: ['a1', 'a2', 'a3'], after: ['a3'], tenants: 2 }
  const plan: MigEvent & { event: 'tenant-plan' } = {
    ...{ event: 'tenant-plan', line: 'user', direction: 'upgrade', target: 'head', tenants: 2 },
    ...{ first: 't1', last: 't2', groups: [{ ...group, batches: [['a1', 'a2']] }] },
  }
  expect(tenantText(plan, plainStyle)).toBe(
    'user: upgrade to head on 2 tenants: t1 to t2\n  2 tenants ↑ base → a3, 3 steps each, 2 of them in 1 batch',
  )
})
