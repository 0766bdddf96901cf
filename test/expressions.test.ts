import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { type Expression, pumps, sourceExpressions } from './support/expressions.ts'
import { repository } from './support/recipes.ts'

interface Tried extends Expression {
  readonly prefix: string
  readonly pump: string
}

/**
 * Tries expressions on long texts, one after the other.
 * @param length of the texts, in characters
 * @param patience for one text, in milliseconds: what it is about ends long before, or never
 * @param most how many texts for each; default: all
 * @returns the expressions that did not come to an end, with the text
 */
async function hanging(expressions: readonly Expression[], length: number, patience: number, most?: number) {
  const found: string[] = []
  let left = [...expressions]
  while (left.length > 0) {
    const stuck = await firstHanging(left, length, patience, most)
    if (stuck === undefined) break
    found.push(
      `${stuck.place} /${stuck.source}/${stuck.flags} on ${JSON.stringify([stuck.prefix, stuck.pump])}`,
    )
    left = left.slice(
      left.findIndex(({ source, flags }) => source === stuck.source && flags === stuck.flags) + 1,
    )
  }
  return found
}

function firstHanging(
  expressions: readonly Expression[],
  length: number,
  patience: number,
  most?: number,
): Promise<Tried | undefined> {
  const prefixes = most === undefined ? ['', '"', 'a'] : ['']
  const jobs = expressions.map((each) => ({ ...each, pumps: pumps(each.source).slice(0, most) }))
  const place = new SharedArrayBuffer(16)
  const [job, pump, prefix, count] = [0, 1, 2, 3] as const
  const at = new Int32Array(place)
  const worker = new Worker(join(repository, 'test/support/expression-worker.mjs'), {
    workerData: { jobs, prefixes, length, place },
  })
  return new Promise((resolve, reject) => {
    let seen = { count: 0, since: performance.now() }
    const timer = setInterval(() => {
      const now = { count: Atomics.load(at, count), since: performance.now() }
      if (now.count !== seen.count) seen = now
      const tried = jobs[Atomics.load(at, job)]
      if (now.count === 0 || now.since - seen.since < patience || tried === undefined) return
      const { pumps: texts, ...expression } = tried
      end({
        ...expression,
        pump: texts[Atomics.load(at, pump)] ?? '',
        prefix: prefixes[Atomics.load(at, prefix)] ?? '',
      })
    }, 100)
    const end = (result: Tried | undefined) => {
      clearInterval(timer)
      void worker.terminate()
      resolve(result)
    }
    worker.on('error', (error) => {
      clearInterval(timer)
      reject(error)
    })
    worker.on('message', () => end(undefined))
  })
}

test('no regular expression takes exponential time', async () => {
  expect(await hanging(sourceExpressions(), 80, 3000)).toEqual([])
}, 60_000)

/** Code that goes away. */
const leaves = /^migrations\/core\/adopt\/(?:python|alembic)\//

test('none is slower than the text is long', async () => {
  const expressions = sourceExpressions().filter(({ place }) => !leaves.test(place))
  expect(expressions.length).toBeGreaterThan(50)
  expect(await hanging(expressions, 300_000, 3000, 25)).toEqual([])
}, 120_000)
