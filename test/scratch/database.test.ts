import { once } from 'node:events'
import pg from 'pg'
import { describe, expect, inject, test } from 'vitest'
import type { MigEvent } from '../../migrations/core/index.ts'
import { urlForDatabase } from '../../migrations/core/postgres/connection/database-url.ts'
import type { EmbeddedServer } from '../../migrations/core/postgres/embedded/embedded.ts'
import { withScratchDatabase } from '../../migrations/core/scratch/database.ts'
import { scratchServer } from '../../migrations/core/scratch/server.ts'
import { firstLine, spawnProgram } from '../support/child.ts'
import { administer, databaseTest } from '../support/database.ts'

async function exists(name: string): Promise<boolean> {
  const { rowCount } = await administer(`SELECT 1 FROM pg_database WHERE datname = '${name}'`)
  return rowCount === 1
}

describe('withScratchDatabase', () => {
  test('gives an empty database, and drops it afterwards', async () => {
    const name = await withScratchDatabase({ adminUrl: inject('adminUrl') }, async (scratch) => {
      const { rows } = await scratch.client.query('SELECT current_database() AS name')
      expect(rows[0].name).toBe(scratch.name)
      expect(await exists(scratch.name)).toBe(true)
      return scratch.name
    })
    expect(await exists(name)).toBe(false)
  })

  test('drops it after an error, and with other sessions in it', async () => {
    let name = ''
    const outcome = withScratchDatabase({ adminUrl: inject('adminUrl') }, async (scratch) => {
      name = scratch.name
      const other = new pg.Client({ connectionString: scratch.url })
      other.on('error', () => undefined)
      await other.connect()
      throw new Error('body failed')
    })
    await expect(outcome).rejects.toThrow('body failed')
    expect(await exists(name)).toBe(false)
  })

  test('ends what runs in it when the signal aborts', async () => {
    const controller = new AbortController()
    let name = ''
    const outcome = withScratchDatabase(
      { adminUrl: inject('adminUrl'), signal: controller.signal },
      async (scratch) => {
        name = scratch.name
        const sleeping = scratch.client.query('SELECT pg_sleep(600)')
        controller.abort(new Error('interrupted'))
        await sleeping
      },
    )
    await expect(outcome).rejects.toThrow('interrupted')
    expect(await exists(name)).toBe(false)
  })

  test('copies a template', async () => {
    const adminUrl = inject('adminUrl')
    await withScratchDatabase({ adminUrl }, async (first) => {
      await first.client.query('CREATE TABLE public.t ()')
      await first.client.end()
      await withScratchDatabase({ adminUrl, template: first }, async (second) => {
        const { rows } = await second.client.query(`SELECT to_regclass('public.t')::text AS t`)
        expect(rows).toEqual([{ t: 'public.t' }])
      })
    })
  })

  test('takes over the encoding and the locale of the database that it is for', async () => {
    const kinds = [
      `LOCALE_PROVIDER icu ICU_LOCALE 'de-DE'`,
      `LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'`,
      `LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C' ENCODING 'LATIN1'`,
    ]
    const facts = `SELECT encoding, datcollate, datctype, datlocprovider, datlocale FROM pg_database WHERE datname = current_database()`
    for (const [index, kind] of kinds.entries()) {
      const name = `test_locale_${process.pid}_${index}`
      await administer(`CREATE DATABASE ${name} TEMPLATE template0 ${kind}`)
      const url = new URL(inject('adminUrl'))
      url.pathname = name
      const target = new pg.Client({ connectionString: url.href })
      await target.connect()
      const wanted = (await target.query(facts)).rows
      await target.end()
      await withScratchDatabase({ adminUrl: url.href }, async ({ client }) => {
        expect((await client.query(facts)).rows).toEqual(wanted)
      })
      await administer(`DROP DATABASE ${name}`)
    }
  })

  test('what a killed process left is dropped at the next use, and a live one is not', async () => {
    const adminUrl = inject('adminUrl')
    const dying = await spawnProgram('hold-scratch.ts', [adminUrl])
    const living = await spawnProgram('hold-scratch.ts', [adminUrl])
    const left = await firstLine(dying)
    const kept = await firstLine(living)
    dying.kill('SIGKILL')
    await once(dying, 'exit')
    await expect
      .poll(async () => {
        await withScratchDatabase({ adminUrl }, async () => undefined)
        return exists(left)
      })
      .toBe(false)
    expect(await exists(kept)).toBe(true)
    living.kill('SIGKILL')
    await once(living, 'exit')
    await expect
      .poll(async () => {
        await withScratchDatabase({ adminUrl }, async () => undefined)
        return exists(kept)
      })
      .toBe(false)
  })
})

test('a role whose database somebody is still connected to is left for later, without a word', async () => {
  const adminUrl = inject('adminUrl')
  const name = 'mig_scratch_999999_0badcafe'
  const role = 'mig_role_999999_0badcafe'
  await administer(`CREATE ROLE ${role}`)
  await administer(`CREATE DATABASE ${name} OWNER ${role}`)
  const session = new pg.Client({ connectionString: urlForDatabase(adminUrl, name) })
  await session.connect()
  const events: MigEvent[] = []
  const use = () =>
    withScratchDatabase({ adminUrl, emit: (event) => events.push(event) }, async () => undefined)
  await use()
  expect(await exists(name)).toBe(true)
  await session.end()
  await expect
    .poll(async () => {
      await use()
      return (await administer(`SELECT FROM pg_roles WHERE rolname = '${role}'`)).rowCount
    })
    .toBe(0)
  expect(await exists(name)).toBe(false)
  expect(events).toEqual([])
})

describe('without the right to create databases', () => {
  async function asPlainRole(url: string, name: string, body: (url: string) => Promise<void>): Promise<void> {
    const role = `${name}_role`
    await administer(`CREATE ROLE ${role} LOGIN`)
    try {
      await body(url.replace('postgres@', `${role}@`))
    } finally {
      await administer(`DROP ROLE ${role}`)
    }
  }

  databaseTest('withScratchDatabase says which setting to set', async ({ database }) => {
    await asPlainRole(database.url, database.name, async (adminUrl) => {
      await expect(withScratchDatabase({ adminUrl }, async () => undefined)).rejects.toMatchObject({
        code: 'no-scratch',
        help: expect.stringContaining('MIG_SCRATCH_URL'),
      })
    })
  })

  databaseTest(
    'scratchServer goes from the same server to the setting to the embedded server',
    async ({ database }) => {
      const adminUrl = inject('adminUrl')
      expect(await scratchServer({ databaseUrl: database.url })).toEqual({
        adminUrl: database.url,
        source: 'same-server',
      })
      await asPlainRole(database.url, database.name, async (databaseUrl) => {
        const started: number[] = []
        const embedded = (version: number) => ({
          major: () => Promise.resolve(version),
          start: async (): Promise<EmbeddedServer> => {
            started.push(version)
            return { url: () => adminUrl, version, port: 0, pid: 0, dataDir: '' }
          },
        })
        expect(await scratchServer({ databaseUrl, scratchUrl: adminUrl })).toEqual({
          adminUrl,
          source: 'MIG_SCRATCH_URL',
        })
        expect(await scratchServer({ databaseUrl, embedded: embedded(18) })).toEqual({
          adminUrl,
          source: 'embedded',
        })
        for (const options of [
          { databaseUrl },
          { databaseUrl, embedded: embedded(17) },
          { databaseUrl, scratchUrl: databaseUrl },
        ]) {
          await expect(scratchServer(options)).rejects.toMatchObject({
            code: 'no-scratch',
            help: expect.stringContaining('MIG_SCRATCH_URL'),
          })
        }
        // One that does not fit is not started.
        expect(started).toEqual([18])
      })
    },
  )
})
