import { rm } from 'node:fs/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  type FaultKind,
  type FaultRun,
  faultKinds,
  faultLab,
  type Outcome,
  outcomeOf,
  processFaults,
  runRecipe,
  upgradeWithFault,
} from './harness.ts'

/** The exit codes of the disturbed run; 0 where it goes on by itself, or was over. */
const mayEndWith: Readonly<Record<FaultKind, readonly (number | null)[]>> = {
  'killed before a statement': [null],
  'killed during a statement': [null, 0],
  interrupted: [130, 0],
  'backend terminated': [3, 0],
  'connection lost with a statement': [3, 0],
  'connection lost with an answer': [3, 0],
  'statement failed': [3],
}

/** FAULTS=all hits every query with every fault; otherwise a sample of this many queries for each fault. */
const sample = process.env.FAULTS === 'all' ? Number.POSITIVE_INFINITY : 4

let reference: Outcome
let queries = 0

beforeAll(async () => {
  const lab = await faultLab()
  const run = await upgradeWithFault(lab, null)
  expect(run.code, run.output).toBe(0)
  queries = run.queries
  reference = await outcomeOf(lab)
  await rm(lab.root, { recursive: true })
  await lab.database.drop()
})

describe('a disturbed upgrade, followed by an undisturbed one, ends as if nothing had happened', () => {
  test.each(faultKinds)(
    '%s',
    async (kind) => {
      const at = [...boundaries(kind)]
      // Two at a time: a run waits for its server most of the time.
      const results: boolean[] = []
      const next = at.values()
      const work = async () => {
        for (const number of next) results.push(await survives(kind, number))
      }
      await Promise.all([work(), work()])
      const injected = results.filter(Boolean).length
      console.log(`${kind}: ${injected} faults injected and survived, over ${queries} queries`)
      expect(injected).toBeGreaterThanOrEqual(Math.min(at.length - 2, sample - 2))
    },
    3_600_000,
  )
})

/** The numbers of the queries that are hit: all, or some that are spread evenly and differ between the faults. */
function* boundaries(kind: FaultKind): Generator<number> {
  const step = Math.max(1, queries / sample)
  const offset =
    sample === Number.POSITIVE_INFINITY ? 0 : (faultKinds.indexOf(kind) / faultKinds.length) * step
  for (let at = 1 + offset; at <= queries; at += step) yield Math.floor(at)
}

/** Whether the fault hit the look at a connection that had just been opened, which then is not to be had (exit 2). */
const connects = ({ sql }: FaultRun) => sql.endsWith('pg_catalog.pg_backend_pid() AS pid')

/** False when the run was over before its fault came. */
async function survives(kind: FaultKind, at: number): Promise<boolean> {
  const lab = await faultLab()
  try {
    const disturbed = await upgradeWithFault(lab, kind, at)
    const told = `${kind} at query ${at}: ${disturbed.sql}\n${disturbed.output}`
    expect(mayEndWith[kind], told).toContain(disturbed.code === 2 && connects(disturbed) ? 3 : disturbed.code)
    const again = processFaults.has(kind)
      ? await runRecipe(lab, lab.database.url)
      : await upgradeWithFault(lab, null)
    expect(again.code, `${told}\n--- then\n${again.output}`).toBe(0)
    expect(await outcomeOf(lab), told).toEqual(reference)
    return disturbed.injected
  } finally {
    await rm(lab.root, { recursive: true })
    await lab.database.drop()
  }
}
