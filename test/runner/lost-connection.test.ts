import { describe, expect } from 'vitest'
import type { MigError } from '../../migrations/core/index.ts'
import { type CutPlan, cuttingProxy } from '../support/cutting-proxy.ts'
import { type Lab, labTest, revision } from './support.ts'

const files = {
  'user/20260101_000000_aaaaaaaaaaa1_table.ts': revision(
    'aaaaaaaaaaa1',
    null,
    `await op.execute('CREATE TABLE profile (id int PRIMARY KEY)')
  await op.execute('INSERT INTO profile VALUES (1)')`,
  ),
}

async function upgradeThrough(lab: Lab, plan: CutPlan) {
  const proxy = await cuttingProxy(new URL(lab.database.url), plan)
  try {
    return { run: await lab.upgrade({ url: proxy.url }), cuts: proxy.cuts() }
  } finally {
    await proxy.close()
  }
}

describe('a connection that is lost', () => {
  labTest('before COMMIT arrives: the revision is run again', async ({ lab }) => {
    await lab.write(files)
    const { run, cuts } = await upgradeThrough(lab, { when: /COMMIT/, skip: 1, lose: 'request' })
    expect(cuts).toBe(1)
    expect(run.error).toBeUndefined()
    expect(run.events.filter((event) => event.event === 'retry')).toHaveLength(1)
    expect((await lab.database.client.query('SELECT id FROM app_user.profile')).rows).toEqual([{ id: 1 }])
  })

  labTest(
    'after COMMIT, with its answer: the outcome is looked up and nothing is run twice',
    async ({ lab }) => {
      await lab.write(files)
      const { run, cuts } = await upgradeThrough(lab, { when: /COMMIT/, skip: 1, lose: 'answer' })
      expect(cuts).toBe(1)
      expect(run.error).toBeUndefined()
      expect(run.events.filter((event) => event.event === 'retry')).toHaveLength(0)
      const { rows } = await lab.database.client.query(
        "SELECT count(*)::int AS n FROM mig.log WHERE outcome = 'done'",
      )
      expect(rows).toEqual([{ n: 1 }])
    },
  )

  labTest('a session that somebody ends on purpose is not started again', async ({ lab }) => {
    const endsItself = `await op.execute(\`DO $$ BEGIN
    IF to_regclass('public.end_it') IS NOT NULL THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
  END $$\`)`
    await lab.write({ 'user/20260101_000000_aaaaaaaaaaa1_ends.ts': revision('aaaaaaaaaaa1', null, endsItself) })
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
