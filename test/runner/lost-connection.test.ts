import { describe, expect } from 'vitest'
import type { MigError } from '../../migrations/core/index.ts'
import { frontendProxy } from '../support/frontend-proxy.ts'
import { type Lab, labTest, revision } from './support.ts'

const files = {
  'user/20260101_000000_aaaaaaaaaaa1_table.ts': revision(
    'aaaaaaaaaaa1',
    null,
    `await op.execute('CREATE TABLE profile (id int PRIMARY KEY)')
  await op.execute('INSERT INTO profile VALUES (1)')`,
  ),
}

/** An upgrade whose connection is cut once, at the COMMIT of the revision. */
async function upgradeCut(lab: Lab, how: 'cut' | 'cut-answer') {
  let cuts = 0
  const proxy = await frontendProxy(new URL(lab.database.url), ({ sql }) => {
    if (cuts > 0 || sql !== 'COMMIT') return 'pass'
    cuts += 1
    return how
  })
  try {
    return { run: await lab.upgrade({ url: proxy.url }), cuts }
  } finally {
    await proxy.close()
  }
}

describe('a connection that is lost', () => {
  labTest('before COMMIT arrives: the revision is run again', async ({ lab }) => {
    await lab.write(files)
    const { run, cuts } = await upgradeCut(lab, 'cut')
    expect(cuts).toBe(1)
    expect(run.error).toBeUndefined()
    expect(run.events.filter((event) => event.event === 'retry')).toHaveLength(1)
    expect((await lab.database.client.query('SELECT id FROM app_user.profile')).rows).toEqual([{ id: 1 }])
  })

  labTest(
    'after COMMIT, with its answer: the outcome is looked up and nothing is run twice',
    async ({ lab }) => {
      await lab.write(files)
      const { run, cuts } = await upgradeCut(lab, 'cut-answer')
      expect(cuts).toBe(1)
      expect(run.error).toBeUndefined()
      expect(run.events.filter((event) => event.event === 'retry')).toHaveLength(0)
      const { rows } = await lab.database.client.query(
        "SELECT count(*)::int AS n FROM mig.log WHERE outcome = 'done'",
      )
      expect(rows).toEqual([{ n: 1 }])
    },
  )

  labTest('to a peer that says nothing more is noticed, and the revision is run again', async ({ lab }) => {
    await lab.write(files)
    let frozen = 0
    const proxy = await frontendProxy(new URL(lab.database.url), ({ sql }) => {
      if (frozen > 0 || !sql.includes('INSERT INTO profile')) return 'pass'
      frozen += 1
      return new Promise(() => undefined)
    })
    try {
      const run = await lab.upgrade({ url: proxy.url })
      expect(run.error).toBeUndefined()
      expect(run.events.filter((event) => event.event === 'retry')).toHaveLength(1)
      expect((await lab.database.client.query('SELECT id FROM app_user.profile')).rows).toEqual([{ id: 1 }])
    } finally {
      await proxy.close()
    }
  })

  labTest('a session that somebody ends on purpose is not started again', async ({ lab }) => {
    const endsItself = `await op.execute(\`DO $$ BEGIN
    IF to_regclass('public.end_it') IS NOT NULL THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
  END $$\`)`
    await lab.write({
      'user/20260101_000000_aaaaaaaaaaa1_ends.ts': revision('aaaaaaaaaaa1', null, endsItself),
    })
    const { client } = lab.database
    await client.query('CREATE TABLE public.end_it (id int)')
    const run = await lab.upgrade()
    const error = run.error as MigError
    expect(error).toMatchObject({ code: 'connection-lost', exitCode: 3 })
    expect(error.message).toContain('the ledger says that it is not committed')
    expect(run.events.filter((event) => event.event === 'retry')).toEqual([])
    await client.query('DROP TABLE public.end_it')
    expect((await lab.upgrade()).error).toBeUndefined()
  })
})
