import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { type Expression, pumps, sourceExpressions } from './support/expressions.ts'
import { repository } from './support/recipes.ts'

interface Tried {
  readonly source: string
  readonly flags: string
  readonly pump: string
  readonly prefix: string
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
    const at = left.findIndex(({ source, flags }) => source === stuck.source && flags === stuck.flags)
    found.push(
      `${left[at]?.place} /${stuck.source}/${stuck.flags} on ${JSON.stringify([stuck.prefix, stuck.pump])}`,
    )
    left = left.slice(at + 1)
  }
  return found
}

function firstHanging(
  expressions: readonly Expression[],
  length: number,
  patience: number,
  most?: number,
): Promise<Tried | undefined> {
  const jobs = expressions.map(({ source, flags }) => ({
    source,
    flags,
    prefixes: most === undefined ? ['', '"', 'a'] : [''],
    pumps: pumps(source).slice(0, most),
    length,
  }))
  const worker = new Worker(join(repository, 'test/support/expression-worker.mjs'), { workerData: { jobs } })
  return new Promise((resolve, reject) => {
    let last: Tried | undefined
    let timer: NodeJS.Timeout | undefined
    const end = (result: Tried | undefined) => {
      clearTimeout(timer)
      void worker.terminate()
      resolve(result)
    }
    worker.on('error', reject)
    worker.on('message', (message: Tried | 'done') => {
      if (message === 'done') return end(undefined)
      last = message
      clearTimeout(timer)
      timer = setTimeout(() => end(last), patience)
    })
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
