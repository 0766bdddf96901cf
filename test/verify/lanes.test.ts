import { expect, test } from 'vitest'
import { inLanes, type Part, partsOf, stopsOf } from '../../migrations/core/verify/lanes.ts'

const steps = Array.from({ length: 10 })

function run(lanes: number, work: (part: Part) => Promise<boolean>): Promise<readonly number[]> {
  return inLanes<{ readonly isBroken: boolean; readonly from: number }>(lanes, (take) =>
    take(partsOf(steps, lanes), async (part) => ({ from: part.from, isBroken: await work(part) })),
  ).then((results) => results.map(({ from }) => from))
}

test('parts are without gaps, and one for one lane', () => {
  expect(partsOf(steps, 1)).toEqual([{ from: 0, to: 10 }])
  expect(partsOf(steps, 2).map(({ from, to }) => [from, to])).toEqual([
    ...[
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 5],
    ],
    ...[
      [5, 6],
      [6, 7],
      [7, 8],
      [8, 10],
    ],
  ])
  expect(partsOf([1, 2], 4)).toHaveLength(2)
})

test('lines that take turns are passed in their order, and a chain at once', () => {
  const childrenOf = (revision: string) => ({ u0: ['u1'], u1: ['u2', 'u3'], p0: ['p1'] })[revision] ?? []
  expect(stopsOf(['u0', 'p0', 'u1', 'p1'], childrenOf)).toEqual(['u0', 'p0', 'u1', 'p1'])
  expect(stopsOf(['u0', 'u1', 'u2', 'u3', 'p0', 'p1'], childrenOf)).toEqual(['u2', 'u3', 'p1'])
})

test('results are in the order of the parts, whichever lane ends first', async () => {
  let release = () => {}
  const first = new Promise<void>((resolve) => {
    release = resolve
  })
  const found = await run(2, async ({ from }) => {
    if (from === 0) await first
    if (from === 8) release()
    return false
  })
  expect(found).toEqual([0, 1, 2, 3, 5, 6, 7, 8])
})

test('nothing after a broken part counts, be it an error', async () => {
  let breaks = () => {}
  const failed = new Promise<void>((resolve) => {
    breaks = resolve
  })
  const found = await run(2, async ({ from }) => {
    if (from === 0) {
      await failed
      return true
    }
    breaks()
    throw new Error('stands on what is broken')
  })
  expect(found).toEqual([0])
})

test('the first error is thrown', async () => {
  const works = run(2, ({ from }) => Promise.reject(new Error(`at ${from}`)))
  await expect(works).rejects.toThrow('at 0')
})
