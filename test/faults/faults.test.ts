import { rm } from 'node:fs/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { createLab, type Lab, revision } from '../runner/support.ts'
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

/** The exit codes of the disturbed run; 0 where it goes on by itself. Beyond its last query it ends as an undisturbed one. */
const mayEndWith: Readonly<Record<FaultKind, readonly (number | null)[]>> = {
  'killed before a statement': [null],
  'killed during a statement': [null, 0],
  interrupted: [130, 0],
  'backend terminated': [3, 0],
  'connection lost with a statement': [3, 0],
  'connection lost with an answer': [3, 0],
  'statement failed': [3],
}

/** A batch that is refused goes on as its revisions. */
const isDivided = ({ output }: FaultRun) => output.includes('do not run as one transaction')

function mayEnd(kind: FaultKind, run: FaultRun): readonly (number | null)[] {
  if (!run.injected) return [0]
  return kind === 'statement failed' && isDivided(run) ? [...mayEndWith[kind], 0] : mayEndWith[kind]
}

/** FAULTS=all hits every query with every fault, FAULTS=50 fifty of them with each; otherwise these are four. */
const { FAULTS = '' } = process.env
const sample = FAULTS === 'all' ? Number.POSITIVE_INFINITY : Number(FAULTS) || 4
/** A process takes longer than all that is asked of it, so of more than four runs every tenth has one. */
const hasProcess = (kind: FaultKind, index: number) =>
  processFaults.has(kind) && (sample <= 4 || index % 10 === 0)

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
      const next = at.entries()
      const work = async () => {
        for (const [index, number] of next)
          results.push(await survives(kind, number, hasProcess(kind, index)))
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
async function survives(kind: FaultKind, at: number, ownProcess: boolean): Promise<boolean> {
  const lab = await faultLab()
  try {
    const disturbed = await upgradeWithFault(lab, kind, at, ownProcess)
    const told = `${kind} at query ${at}: ${disturbed.sql}\n${disturbed.output}`
    expect(mayEnd(kind, disturbed), told).toContain(
      disturbed.code === 2 && connects(disturbed) ? 3 : disturbed.code,
    )
    const again = ownProcess ? await runRecipe(lab, lab.database.url) : await upgradeWithFault(lab, null)
    expect(again.code, `${told}\n--- then\n${again.output}`).toBe(0)
    expect(await outcomeOf(lab), told).toEqual(reference)
    return disturbed.injected
  } finally {
    await rm(lab.root, { recursive: true })
    await lab.database.drop()
  }
}

/** A project whose first upgrade is one batch. */
async function batchLab(names: readonly string[]): Promise<Lab> {
  const lab = await createLab(await createTestDatabase())
  const files = names.map((name, at) => {
    const id = (index: number) => `aaaaaaaaaaa${index}`
    const up = `await op.execute('CREATE TABLE ${name} ()')`
    return [`user/2026010${at + 1}_000000_${id(at)}_x.ts`, revision(id(at), at === 0 ? null : id(at - 1), up)]
  })
  await lab.write(Object.fromEntries(files))
  return lab
}

const inBatches = { transaction: 'batch' } as const

/** What a batch has left, and in how many transactions. */
async function leftBy({ database: { client } }: Lab): Promise<unknown> {
  const { rows } = await client.query(
    `SELECT count(*)::int AS logged, count(DISTINCT revision)::int AS revisions, count(DISTINCT xmin::text)::int AS transactions,
       (SELECT array_agg(tablename::text ORDER BY tablename) FROM pg_tables WHERE schemaname = 'app_user') AS tables FROM mig.log`,
  )
  return rows[0]
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
  const tables = ['a', 'b', 'c', 'd']
  const lab = await batchLab(tables)
  const { client, url } = lab.database
  for (const [fate, at, transactions] of hits) {
    let isHit = false
    const proxy = await frontendProxy(new URL(url), ({ sql, backend }) => {
      if (isHit || sql !== at) return 'pass'
      isHit = true
      return fate === 'terminated' ? terminated(backend) : fate
    })
    const { error } = await lab.upgrade({ url: proxy.url, settings: inBatches })
    await proxy.close()
    const told = `${fate} at ${at}: ${error}`
    expect(isHit, told).toBe(true)
    if (fate !== 'terminated') expect(error, told).toBeUndefined()
    else {
      expect(error, told).toMatchObject({ code: 'connection-lost', exitCode: 3 })
      expect((await lab.upgrade({ settings: inBatches })).error).toBeUndefined()
    }
    expect(await leftBy(lab), told).toEqual({ logged: 4, revisions: 4, transactions, tables })
    await client.query('DROP SCHEMA mig, app_user CASCADE')
  }
  await rm(lab.root, { recursive: true })
  await lab.database.drop()
})

test('a batch whose runner is gone at any of its statements is there after the next run, in one transaction', async () => {
  const tables = ['a', 'b']
  const lab = await batchLab(tables)
  const { client, url } = lab.database
  /**
   * Upgrades; at a query the runner is gone, before or after the server has it.
   * @returns the queries of the batch, and what was hit
   */
  const run = async (at = 0, isSent = false) => {
    const seen = new Map<number, string>()
    let hit: string | undefined
    const stop = new AbortController()
    let closed: Promise<void> | undefined
    const proxy = await frontendProxy(new URL(url), ({ number, sql }) => {
      seen.set(number, sql)
      if (number !== at) return 'pass'
      hit = sql
      const end = () => {
        stop.abort('SIGKILL')
        closed = proxy.close()
      }
      if (isSent) return { act: end }
      end()
      return 'cut'
    })
    await lab.upgrade({ url: proxy.url, settings: inBatches, signal: stop.signal })
    await (closed ?? proxy.close())
    const begin = [...seen].findLast(([, sql]) => sql === 'BEGIN')?.[0] ?? 0
    return { hit, queries: [...seen].filter(([number]) => number >= begin) }
  }
  const { queries: within } = await run()
  const step = FAULTS === '' ? 4 : 1
  const unsent = within.filter((_, index) => index % step === 0).map((query) => [query, false] as const)
  const commit = within.find(([, sql]) => sql === 'COMMIT') ?? ([0, ''] as const)
  const last = within.at(-1) ?? commit
  const points = [...unsent, [commit, false], [commit, true], [last, true]] as const
  expect(within.map(([, sql]) => sql)).toEqual(expect.arrayContaining(['CREATE TABLE b ()', 'COMMIT']))
  for (const [[at, sql], isSent] of points) {
    await client.query('DROP SCHEMA mig, app_user CASCADE')
    const { hit } = await run(at, isSent)
    expect(hit, `${at}`).toEqual(sql === 'COMMIT' ? sql : expect.any(String))
    expect((await lab.upgrade({ settings: inBatches })).error).toBeUndefined()
    expect(await leftBy(lab), `${at}: ${sql}`).toEqual({ logged: 2, revisions: 2, transactions: 1, tables })
  }
  await rm(lab.root, { recursive: true })
  await lab.database.drop()
}, 120_000)
