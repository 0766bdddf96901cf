import { expect, test } from 'vitest'
import type { StepFacts } from '../../migrations/core/index.ts'
import { colourStyle, lossLines, plainStyle, printable } from '../../migrations/core/report/index.ts'
import { planText } from '../../migrations/core/report/plan.ts'

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
