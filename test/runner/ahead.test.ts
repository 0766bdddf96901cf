import { describe, expect } from 'vitest'
import type { MigError, MigEvent } from '../../migrations/core/index.ts'
import { type Fate, frontendProxy } from '../support/frontend-proxy.ts'
import { type Lab, type LabRun, labTest } from './support.ts'

const idOf = (at: number) => `aaaaaaaaaa${String(at).padStart(2, '0')}`

/** Revisions in a row, each of which makes a table and writes that it ran; some do something else. */
async function writeLine(
  lab: Lab,
  count: number,
  others: Readonly<Record<number, string>> = {},
): Promise<void> {
  const text = (at: number) => `-- step
--
-- Revision: ${idOf(at)}
-- Revises: ${at === 1 ? 'base' : idOf(at - 1)}
-- Created: 2026-01-01T00:00:00Z

-- upgrade
CREATE TABLE t${at} (id int);
INSERT INTO public.ran VALUES (${at});
${others[at] ?? ''}
-- downgrade
`
  const files = Array.from({ length: count }, (_, at) => [
    `user/20260101_${String(at + 1).padStart(6, '0')}_${idOf(at + 1)}_step.sql`,
    text(at + 1),
  ])
  await lab.write(Object.fromEntries(files))
  await lab.database.client.query('CREATE TABLE IF NOT EXISTS public.ran (at int)')
}

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at + 1)

/** Which revisions ran, in the order of their transactions; the same as the log's, or the test fails. */
async function ranIn({ database: { client } }: Lab): Promise<readonly number[]> {
  const { rows } = await client.query('SELECT at FROM public.ran ORDER BY xmin::text::bigint')
  const log = await client.query("SELECT revision FROM mig.log WHERE outcome = 'done' ORDER BY id")
  const ran = rows.map(({ at }) => Number(at))
  expect(log.rows.map(({ revision }) => revision)).toEqual(ran.map(idOf))
  return ran
}

async function through<Result>(
  lab: Lab,
  fateOf: (sql: string) => Fate,
  body: (url: string, answers: () => number) => Promise<Result>,
): Promise<Result> {
  const proxy = await frontendProxy(new URL(lab.database.url), ({ sql }) => fateOf(sql))
  try {
    return await body(proxy.url, proxy.answers)
  } finally {
    await proxy.close()
  }
}

/** Cuts the connection at the COMMIT of a revision, counted from 1, once. */
function cutAt(commit: number, how: 'cut' | 'cut-answer'): (sql: string) => Fate {
  let commits = 0
  return (sql) => {
    if (sql !== 'COMMIT') return 'pass'
    commits += 1
    return commits === commit ? how : 'pass'
  }
}

const told = ({ events }: LabRun) =>
  events.flatMap((event) => {
    if (event.event === 'statement') return [`${event.revision} ${event.sql}`]
    return event.event === 'step-start' || event.event === 'step-done'
      ? [`${event.revision} ${event.event}`]
      : []
  })

describe('revisions whose statements are known', () => {
  labTest('wait for the disk together', async ({ lab }) => {
    const { client, name } = lab.database
    await client.query(`ALTER DATABASE ${name} SET synchronous_commit TO on; CREATE TABLE public.ended (at int, how text);
      CREATE FUNCTION public.end_of() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO public.ended VALUES (new.at, current_setting('synchronous_commit')); RETURN NULL; END $$`)
    await writeLine(lab, 7)
    await client.query(`CREATE CONSTRAINT TRIGGER ended AFTER INSERT ON public.ran
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.end_of()`)
    expect((await lab.upgrade()).error).toBeUndefined()
    const { rows } = await client.query('SELECT at, how FROM public.ended ORDER BY at')
    expect(rows.map(({ how }) => how)).toEqual(['on', 'off', 'on', 'off', 'off', 'off', 'on'])
  })

  labTest('go to the server before the one before is done, and are told in turn', async ({ lab }) => {
    await writeLine(lab, 60)
    await through(
      lab,
      () => 'pass',
      async (url, answers) => {
        let before = 0
        const onEvent = ({ event }: MigEvent) => {
          if (event === 'step-start') before ||= answers()
        }
        const run = await lab.upgrade({ url, onEvent })
        expect(run.error).toBeUndefined()
        expect(told(run)).toEqual(
          upTo(60).flatMap((at) => [
            `${idOf(at)} step-start`,
            `${idOf(at)} CREATE TABLE t${at} (id int)`,
            `${idOf(at)} INSERT INTO public.ran VALUES (${at})`,
            `${idOf(at)} step-done`,
          ]),
        )
        expect(answers() - before).toBeLessThan(60)
      },
    )
    expect(await ranIn(lab)).toEqual(upTo(60))
  })

  labTest('are not done after one that fails, which is told with its place', async ({ lab }) => {
    await writeLine(lab, 20, { 12: 'SELECT wrong;' })
    const { error } = await lab.upgrade()
    expect(error).toMatchObject({ place: { statement: 'SELECT wrong', line: 10 } })
    expect((error as MigError).place?.file).toContain(idOf(12))
    expect(await ranIn(lab)).toEqual(upTo(11))
    await writeLine(lab, 20)
    expect((await lab.upgrade()).error).toBeUndefined()
    expect(await ranIn(lab)).toEqual(upTo(20))
  })

  for (const how of ['cut', 'cut-answer'] as const)
    for (const commit of [4, 5, 6, 7, 8])
      labTest(`are done once where the connection is lost: ${how} at COMMIT ${commit}`, async ({ lab }) => {
        await writeLine(lab, 12)
        const run = await through(lab, cutAt(commit, how), (url) => lab.upgrade({ url }))
        expect(run.error).toBeUndefined()
        expect(told(run).filter((text) => text.endsWith('step-done'))).toEqual(
          upTo(12).map((at) => `${idOf(at)} step-done`),
        )
        expect(await ranIn(lab)).toEqual(upTo(12))
      })

  labTest('wait with one that waits for a lock, which is tried again', async ({ lab }) => {
    await writeLine(lab, 20, { 13: 'LOCK TABLE public.held;' })
    const { client } = lab.database
    await client.query('CREATE TABLE public.held ()')
    await client.query('BEGIN; LOCK TABLE public.held')
    let retried = 0
    const run = await lab.upgrade({
      onEvent: ({ event }) => {
        if (event !== 'retry') return
        retried += 1
        void client.query('COMMIT')
      },
    })
    expect(run.error).toBeUndefined()
    expect(retried).toBeGreaterThan(0)
    expect(await ranIn(lab)).toEqual(upTo(20))
  })

  labTest('end with one that is interrupted', async ({ lab }) => {
    await writeLine(lab, 20, { 13: 'SELECT pg_sleep(600);' })
    const stop = new AbortController()
    const { error } = await lab.upgrade({
      signal: stop.signal,
      onEvent: (event) => {
        if (event.event === 'step-done' && event.revision === idOf(12)) stop.abort('SIGINT')
      },
    })
    expect(error).toMatchObject({ code: 'interrupted', exitCode: 130 })
    expect(await ranIn(lab)).toEqual(upTo(12))
  })

  labTest(
    'that the server has are done before a run ends whose handler of events throws',
    async ({ lab }) => {
      await writeLine(lab, 40)
      const broken = new Error('the handler is broken')
      const { error } = await lab.upgrade({
        onEvent: (event) => {
          if (event.event === 'step-done' && event.revision === idOf(20)) throw broken
        },
      })
      expect(error).toBe(broken)
      const ran = await ranIn(lab)
      expect(ran).toEqual(upTo(ran.length))
      expect(ran.length).toBeGreaterThanOrEqual(20)
      expect((await lab.upgrade()).error).toBeUndefined()
      expect(await ranIn(lab)).toEqual(upTo(40))
    },
  )
})
