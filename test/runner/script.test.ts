import { Client } from 'pg'
import { describe, expect } from 'vitest'
import { offlineScript, planRun, usingSession } from '../../migrations/core/index.ts'
import { splitStatements } from '../../migrations/core/postgres/index.ts'
import { writeFaultProject } from '../faults/fixture.ts'
import { outcomeOf } from '../faults/harness.ts'
import { createTestDatabase } from '../support/database.ts'
import { type Lab, labTest, revision } from './support.ts'

describe('the script of an upgrade', () => {
  labTest(
    'with autocommit sections and backfills leaves the same structure, rows and ledger',
    async ({ lab }) => {
      await writeFaultProject(lab)
      const project = await lab.project()
      const parts: string[] = []
      await usingSession(project.env, {}, async (session) => {
        const plan = await planRun(session, project, { direction: 'upgrade', target: 'head' })
        for await (const part of offlineScript({ project, plan })) parts.push(part)
      })
      expect((await lab.upgrade()).error).toBeUndefined()
      const online = await outcomeOf(lab)

      const other = await createTestDatabase()
      for (const { text } of splitStatements(parts.join(''))) await other.client.query(text)
      expect(await outcomeOf({ ...lab, database: other })).toEqual(online)
      await other.drop()
    },
  )

  labTest('says where it starts, and nothing of what another project has in the ledger', async ({ lab }) => {
    await lab.write({
      'user/20260101_000000_aaaaaaaaaaa1_a.ts': revision('aaaaaaaaaaa1', null, ''),
      'user/20260102_000000_aaaaaaaaaaa2_b.ts': revision('aaaaaaaaaaa2', 'aaaaaaaaaaa1', ''),
    })
    expect((await lab.run({ direction: 'upgrade', target: '+1' })).error).toBeUndefined()
    await lab.database.client.query(`INSERT INTO mig.version VALUES ('elsewhere', 'bbbbbbbbbbb1')`)
    expect(await lab.script()).toMatch(/ upgrade to head, 1 step\n-- starts from: \S+ aaaaaaaaaaa1\n/)
    const project = await lab.project()
    const applied = new Map([...Object.values(project.env.schemas), 'elsewhere'].map((name) => [name, []]))
    const plan = { direction: 'upgrade', target: 'head', steps: [], applied } as const
    const { value } = await offlineScript({ project, plan }).next()
    expect(value).toContain('\n-- starts from: app_user base, app_policy base, app_message base\n')
  })

  labTest(
    'prints nothing where psql runs it, with kept grants and a ledger that is there',
    async ({ lab }) => {
      const { client } = lab.database
      await lab.write({
        'user/20260101_000000_aaaaaaaaaaa1_a.ts': revision('aaaaaaaaaaa1', null, ''),
        'user/20260102_000000_aaaaaaaaaaa2_b.ts': revision(
          'aaaaaaaaaaa2',
          'aaaaaaaaaaa1',
          `await op.keepGrants({ relations: ['app_user.t'] }, async () => {
          await op.execute('CREATE TABLE app_user.t ()')
        })
        await op.execute("SELECT set_config('app.mode', 'new', true) -- until the end")`,
        ),
      })
      expect((await lab.run({ direction: 'upgrade', target: '+1' })).error).toBeUndefined()
      const told: string[] = []
      client.on('notice', ({ message }) => told.push(message ?? ''))
      for (const { text } of splitStatements(await lab.script())) {
        const { fields } = await client.query(text)
        told.push(...(fields ?? []).map(({ name }) => name))
      }
      expect(told).toEqual([])
    },
  )

  describe('run by what does not stop at an error, as psql without ON_ERROR_STOP', () => {
    const index = 'CREATE UNIQUE INDEX CONCURRENTLY t_a ON t (a)'
    const files = {
      'user/20260101_000000_aaaaaaaaaaa1_a.ts': revision(
        'aaaaaaaaaaa1',
        null,
        "await op.execute('CREATE TABLE t (a int)')",
      ),
      'user/20260102_000000_aaaaaaaaaaa2_b.ts': revision(
        'aaaaaaaaaaa2',
        'aaaaaaaaaaa1',
        `await op.execute('ALTER TABLE t ADD b int')
        await op.autocommit(() => op.execute('${index}'))`,
      ),
      'user/20260103_000000_aaaaaaaaaaa3_c.ts': revision(
        'aaaaaaaaaaa3',
        'aaaaaaaaaaa2',
        "await op.execute('ALTER TABLE t ADD c int')",
      ),
    }
    /** The ledger's rows after it, and what the server has said. Where the session is ended, it goes on in another one. */
    async function applied({ database: { client, url } }: Lab, script: string) {
      const errors: string[] = []
      let own: Client | undefined
      for (const { text } of splitStatements(script)) {
        if (own === undefined) {
          own = new Client(url)
          own.on('error', () => undefined).on('notice', ({ message = '' }) => errors.push(message))
          await own.connect()
        }
        await own.query(text).catch(({ message, code }: Error & { code?: string }) => {
          errors.push(message)
          if (code === '57P01') own = undefined
        })
      }
      await own?.end()
      const version = await client.query('SELECT revision FROM mig.version')
      const log = await client.query('SELECT revision FROM mig.log ORDER BY id')
      const of = ({ rows }: { rows: { revision: string }[] }) => rows.map(({ revision: id }) => id)
      return { version: of(version), log: of(log), errors }
    }

    labTest('notes nothing a second time', async ({ lab }) => {
      await lab.write(files)
      const script = await lab.script()
      const first = await applied(lab, script)
      expect(first).toMatchObject({ version: ['aaaaaaaaaaa3'], errors: [] })
      expect(await applied(lab, script)).toMatchObject({ version: first.version, log: first.log })
    })

    labTest('notes no revision whose index was not built, and none after it', async ({ lab }) => {
      await lab.write(files)
      expect((await lab.run({ direction: 'upgrade', target: '+1' })).error).toBeUndefined()
      await lab.database.client.query('INSERT INTO app_user.t VALUES (1), (1)')
      const { version, log, errors } = await applied(lab, await lab.script())
      expect({ version, log }).toEqual({ version: ['aaaaaaaaaaa1'], log: ['aaaaaaaaaaa1'] })
      expect(errors).toContain('just-mig: stopped: index t_a was not built')
    })

    labTest('notes nothing of a revision after one that has failed', async ({ lab }) => {
      await lab.write(files)
      const script = (await lab.script()).replace('CREATE TABLE t (a int)', 'CREATE TABLE t (a wrong)')
      expect(await applied(lab, script)).toMatchObject({ version: [], log: [] })
    })

    labTest('notes no revision of which the part before its section has failed', async ({ lab }) => {
      await lab.write(files)
      const script = (await lab.script()).replace('ADD b int', 'ADD b wrong')
      const of = { version: ['aaaaaaaaaaa1'], log: ['aaaaaaaaaaa1'] }
      expect(await applied(lab, script)).toMatchObject(of)
    })
  })

  labTest('sets the timeouts that a revision sets for itself, and no others', async ({ lab }) => {
    const body = `await op.execute('SELECT 1')
  await op.autocommit(() => op.execute('SELECT 2'))`
    await lab.write({
      'user/20260101_000000_aaaaaaaaaaa1_a.ts': revision('aaaaaaaaaaa1', null, body, {
        head: "export const lockTimeout = '2s'",
      }),
    })
    const project = await lab.project()
    const script = await usingSession(project.env, {}, async (session) => {
      const plan = await planRun(session, project, { direction: 'upgrade', target: 'head' })
      const parts: string[] = []
      for await (const part of offlineScript({ project, plan })) parts.push(part)
      return parts.join('')
    })
    const settings = splitStatements(script).flatMap(({ text }) =>
      /timeout|SELECT \d/.test(text) ? [text] : [],
    )
    expect(settings).toEqual([
      'SET LOCAL lock_timeout = 2000',
      'SELECT 1',
      'SET lock_timeout = 2000',
      'SELECT 2',
      'RESET lock_timeout',
      'SET LOCAL lock_timeout = 2000',
    ])
  })
})
