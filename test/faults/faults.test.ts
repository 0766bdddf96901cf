import { rm } from 'node:fs/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { createLab, revision } from '../runner/support.ts'
import { createTestDatabase } from '../support/database.ts'
import { frontendProxy } from '../support/frontend-proxy.ts'
import {
  type FaultKind,
  type FaultRun,
  faultKinds,
  faultLab,
  type Outcome,
  outcomeOf,
  processFaults,
  runRecipe,
  terminated,
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

/** What hits a batch, where, and how many transactions its four revisions are in then; an administrator's end is final. */
const hits = [
  ['cut', 'CREATE TABLE c ()', 4],
  ['fail', 'CREATE TABLE c ()', 4],
  ['cut', 'COMMIT', 4],
  ['fail', 'COMMIT', 4],
  ['cut-answer', 'COMMIT', 1],
  ['terminated', 'COMMIT', 1],
] as const

test('a disturbed batch is there as a whole, or not at all and each of its revisions by itself', async () => {
  const lab = await createLab(await createTestDatabase())
  const { client, url } = lab.database
  const names = ['a', 'b', 'c', 'd']
  const files = names.map((name, at) => {
    const id = (index: number) => `aaaaaaaaaaa${index}`
    const up = `await op.execute('CREATE TABLE ${name} ()')`
    return [`user/2026010${at + 1}_000000_${id(at)}_x.ts`, revision(id(at), at === 0 ? null : id(at - 1), up)]
  })
  await lab.write(Object.fromEntries(files))
  const settings = { transaction: 'batch' } as const
  for (const [fate, at, transactions] of hits) {
    let isHit = false
    const proxy = await frontendProxy(new URL(url), ({ sql, backend }) => {
      if (isHit || sql !== at) return 'pass'
      isHit = true
      return fate === 'terminated' ? terminated(backend) : fate
    })
    const { error } = await lab.upgrade({ url: proxy.url, settings })
    await proxy.close()
    const told = `${fate} at ${at}: ${error}`
    expect(isHit, told).toBe(true)
    if (fate !== 'terminated') expect(error, told).toBeUndefined()
    else {
      expect(error, told).toMatchObject({ code: 'connection-lost', exitCode: 3 })
      expect((await lab.upgrade({ settings })).error).toBeUndefined()
    }
    const { rows } = await client.query(
      `SELECT count(*)::int AS logged, count(DISTINCT revision)::int AS revisions, count(DISTINCT xmin::text)::int AS transactions,
         (SELECT array_agg(tablename::text ORDER BY tablename) FROM pg_tables WHERE schemaname = 'app_user') AS tables FROM mig.log`,
    )
    expect(rows, told).toEqual([{ logged: 4, revisions: 4, transactions, tables: names }])
    await client.query('DROP SCHEMA mig, app_user CASCADE')
  }
  await rm(lab.root, { recursive: true })
  await lab.database.drop()
})
