import { expect, test } from 'vitest'
import { hintsIn, ofRegularExpression } from '../../migrations/core/scratch/rows/literals.ts'

test('a pattern of a check gives what it is likely to match', () => {
  expect(ofRegularExpression('^[a-c]{2}-\\d+$')).toEqual(['aa-0', 'bb-1', 'cc-2'])
  expect(ofRegularExpression('(?=x)y')).toEqual([])
})

test("a check of somebody else's costs neither time nor memory", () => {
  const hostile = ['(a|a){60}$b', '((a*)*)*(a|a){60}$.', `${'('.repeat(4)}a${'{255})'.repeat(4)}`, '[^z-a]']
  const { user } = process.cpuUsage()
  hintsIn(hostile.map((pattern) => `(name ~ '${pattern}'::text)`))
  expect(process.cpuUsage().user - user).toBeLessThan(2_000_000)
})
