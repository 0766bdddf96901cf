import fc from 'fast-check'
import { expect, test } from 'vitest'
import { proveCase } from './support/case.ts'
import { randomSchema, renamedPair } from './support/random-schema.ts'

const runs = Number(process.env.PROPERTY_RUNS ?? 6)
// A seed of one's own is drawn where none is given, so that it can be printed before a long run.
const seed = Number(process.env.PROPERTY_SEED ?? Math.trunc(Math.random() * 0x7fffffff))
const timeout = Math.max(300_000, runs * 30_000)

test(
  'between any two schemas: generated, upgraded, and generated again there is nothing; up and down is where it was',
  async () => {
    await fc.assert(
      fc.asyncProperty(randomSchema, randomSchema, async (before, after) => {
        const { changes, revisions } = await proveCase({
          name: 'random',
          before: before.sql,
          after: after.sql,
          seed: '',
          decisions: { recreate: ['*'] },
        })
        expect(revisions.length > 0).toBe(changes.length > 0)
      }),
      { numRuns: runs, seed, endOnFailure: true },
    )
  },
  timeout,
)

test(
  'between any two schemas with rows, with tables and columns renamed: no row goes that the header does not name',
  async () => {
    await fc.assert(
      fc.asyncProperty(renamedPair, async ({ before, after, renames }) => {
        // The proof follows each row up and down; a rename that loses one fails, whatever the header says.
        await proveCase({
          name: 'random',
          before,
          after,
          seed: '',
          decisions: { recreate: ['*'], rename: renames },
        })
      }),
      { numRuns: runs, seed, endOnFailure: true },
    )
  },
  timeout,
)
