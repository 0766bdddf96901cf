import { once } from 'node:events'
import { createConnection, createServer, type Server } from 'node:net'
import { describe, expect, inject, test } from 'vitest'
import { connect, initialSettings } from '../../migrations/core/postgres/connection/connection.ts'
import {
  databaseError,
  isConnectionLost,
  positionOffset,
} from '../../migrations/core/postgres/connection/database-error.ts'
import { urlForDatabase } from '../../migrations/core/postgres/connection/database-url.ts'
import { administer, databaseTest } from '../support/database.ts'

const applicationName = 'just-mig test'

async function failureOf(url: string, signal?: AbortSignal): Promise<unknown> {
  return connect({ url, applicationName, ...(signal === undefined ? {} : { signal }) }).then(
    (client) => client.end(),
    (error: unknown) => error,
  )
}

function portOf(server: Server): number | undefined {
  const address = server.address()
  return typeof address === 'object' ? address?.port : undefined
}

/** An ErrorResponse (manual, section 55.7). */
function fatal(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0C${code}\0M${message}\0\0`)
  const header = Buffer.from('E\0\0\0\0')
  header.writeInt32BE(fields.length + 4, 1)
  return Buffer.concat([header, fields])
}

/**
 * Passes everything on to the real server, save the `options` of a startup packet: PgBouncer refuses them, or drops them
 * with ignore_startup_parameters.
 */
async function withoutOptions(port: number, habit: 'refuses' | 'drops'): Promise<Server> {
  const pooler = createServer((socket) => {
    socket.once('data', (startup) => {
      const text = startup.toString('latin1')
      if (habit === 'refuses' && text.includes('\0options\0')) {
        socket.end(fatal('08P01', 'unsupported startup parameter: options'))
        return
      }
      const rest = Buffer.from(text.replace(/(?<=\0)options\0[^\0]*\0/, ''), 'latin1')
      rest.writeInt32BE(rest.length, 0)
      const server = createConnection({ port, host: '127.0.0.1' })
      server.write(rest)
      socket.pipe(server).pipe(socket)
    })
  })
  await once(pooler.listen(0, '127.0.0.1'), 'listening')
  return pooler
}

describe('connect', () => {
  databaseTest('sets the application name and both timeouts of the session', async ({ database }) => {
    const client = await connect({
      url: database.url,
      applicationName,
      lockTimeout: 4000,
      statementTimeout: 60_000,
    })
    const { rows } = await client.query(
      `SELECT current_setting('application_name') a, current_setting('lock_timeout') l, current_setting('statement_timeout') s`,
    )
    await client.end()
    expect(rows).toEqual([{ a: applicationName, l: '4s', s: '1min' }])
  })

  databaseTest("keeps the URL's own options and application name", async ({ database }) => {
    const url = `${database.url}?options=${encodeURIComponent('-c work_mem=7MB')}&application_name=mine`
    const client = await connect({ url, applicationName, lockTimeout: 1000 })
    const { rows } = await client.query(
      `SELECT current_setting('application_name') a, current_setting('work_mem') w, current_setting('lock_timeout') l`,
    )
    await client.end()
    expect(rows).toEqual([{ a: 'mine', w: '7MB', l: '1s' }])
  })

  databaseTest('hands notices over', async ({ database }) => {
    const notices: unknown[] = []
    const client = await connect({
      url: database.url,
      applicationName,
      onNotice: (notice) => notices.push(notice),
    })
    await client.query(`DO $$ BEGIN RAISE NOTICE 'hello'; END $$`)
    await client.end()
    expect(notices).toEqual([{ severity: 'NOTICE', message: 'hello' }])
  })

  test('says which database the server lacks', async () => {
    const error = await failureOf(urlForDatabase(inject('adminUrl'), 'nowhere'))
    expect(error).toMatchObject({ code: 'no-database', help: expect.stringContaining('createdb') })
  })

  test('says that no server answers', async () => {
    const probe = createServer().listen(0, '127.0.0.1')
    await once(probe, 'listening')
    const port = portOf(probe)
    probe.close()
    await once(probe, 'close')
    const error = await failureOf(`postgresql://u:s3cret@127.0.0.1:${port}/d`)
    expect(error).toMatchObject({ code: 'no-server', message: expect.stringContaining(`127.0.0.1:${port}`) })
    expect(JSON.stringify(error)).not.toContain('s3cret')
  })

  test('gives up on a server that accepts and never speaks', async () => {
    const mute = createServer().listen(0, '127.0.0.1')
    await once(mute, 'listening')
    const error = await failureOf(
      `postgresql://u@127.0.0.1:${portOf(mute)}/d?connect_timeout=1&sslmode=disable`,
    )
    mute.close()
    expect(error).toMatchObject({ code: 'no-server' })
  })

  databaseTest('says that the user may not connect, or has no login', async ({ database }) => {
    const role = `${database.name}_role`
    await administer(`CREATE ROLE ${role} LOGIN; REVOKE CONNECT ON DATABASE ${database.name} FROM PUBLIC`)
    try {
      const refused = await failureOf(database.url.replace('postgres@', `${role}@`))
      expect(refused).toMatchObject({ code: 'no-permission' })
      const unknown = await failureOf(database.url.replace('postgres@', 'nobody_at_all@'))
      expect(unknown).toMatchObject({ code: 'wrong-password' })
    } finally {
      await administer(`DROP ROLE ${role}`)
    }
  })

  databaseTest('says that there are too many connections', async ({ database }) => {
    const role = `${database.name}_role`
    await administer(`CREATE ROLE ${role} LOGIN CONNECTION LIMIT 0`)
    try {
      const error = await failureOf(database.url.replace('postgres@', `${role}@`))
      expect(error).toMatchObject({ code: 'too-many-connections' })
    } finally {
      await administer(`DROP ROLE ${role}`)
    }
  })

  test('refuses a server without SSL where the URL demands it', async () => {
    const error = await failureOf(`${inject('adminUrl')}?sslmode=require`)
    expect(error).toMatchObject({ code: 'ssl-error' })
  })

  test('falls back to no SSL where the URL prefers it', async () => {
    expect(await failureOf(`${inject('adminUrl')}?sslmode=prefer`)).toBeUndefined()
  })

  test('tries SSL where the server asks for it in whatever language, and tells its word where there is none', async () => {
    const attempts: string[] = []
    const german = createServer((socket) => {
      socket.once('data', (startup) => {
        const asksForSsl = startup.length === 8
        attempts.push(asksForSsl ? 'SSL' : 'plain')
        socket.end(asksForSsl ? 'N' : fatal('28000', 'kein pg_hba.conf-Eintrag, keine Verschlüsselung'))
      })
    }).listen(0, '127.0.0.1')
    await once(german, 'listening')
    const error = await failureOf(`postgresql://u@127.0.0.1:${portOf(german)}/d`)
    german.close()
    expect(attempts).toEqual(['plain', 'SSL'])
    expect(error).toMatchObject({
      code: 'wrong-password',
      message: expect.stringContaining('keine Verschlüsselung'),
    })
  })

  test('stops waiting for a server when the signal aborts', async () => {
    const controller = new AbortController()
    const mute = createServer(() => controller.abort(new Error('stopped'))).listen(0, '127.0.0.1')
    await once(mute, 'listening')
    const error = await failureOf(`postgresql://u@127.0.0.1:${portOf(mute)}/d`, controller.signal)
    mute.close()
    expect(error).toEqual(new Error('stopped'))
  })

  test.each(['refuses', 'drops'] as const)(
    'sets its settings by a statement where a pooler %s startup parameters',
    async (habit) => {
      const pooler = await withoutOptions(Number(new URL(inject('adminUrl')).port), habit)
      const url = inject('adminUrl').replace(/:\d+\//, `:${portOf(pooler)}/`)
      const client = await connect({ url, applicationName, lockTimeout: 4000, statementTimeout: 0 })
      const settings = `SELECT current_setting('lock_timeout') AS timeout, current_setting('search_path') AS path`
      const { rows } = await client.query(settings)
      await client.query(initialSettings(client).join('; '))
      const again = (await client.query(settings)).rows
      await client.end()
      pooler.close()
      const expected = [{ timeout: '4s', path: 'pg_catalog, pg_temp' }]
      expect({ rows, again }).toEqual({ rows: expected, again: expected })
    },
  )

  databaseTest(
    'trusts pg_catalog alone, also after RESET ALL and whatever the role has',
    async ({ database }) => {
      await database.client.query(`ALTER DATABASE ${database.name} SET search_path = public, pg_catalog`)
      const client = await connect({ url: `${database.url}?options=-csearch_path%3Dpublic`, applicationName })
      await client.query('SET search_path = public; RESET ALL')
      const { rows } = await client.query(`SELECT current_setting('search_path') AS path`)
      await client.end()
      expect(rows).toEqual([{ path: 'pg_catalog,pg_temp' }])
    },
  )

  test("fails with the signal's reason", async () => {
    const error = await failureOf(inject('adminUrl'), AbortSignal.abort(new Error('stopped')))
    expect(error).toEqual(new Error('stopped'))
  })
})

describe('databaseError', () => {
  databaseTest('points at the place in the statement, counted as JavaScript counts', async ({ database }) => {
    const sql = `SELECT '😀ü', nothing_here`
    const cause = await database.client.query(sql).catch((error: unknown) => error)
    const error = databaseError(cause, { sql, file: 'versions/a.ts' })
    expect(error).toMatchObject({
      code: 'database-error',
      exitCode: 3,
      message: 'column "nothing_here" does not exist (SQLSTATE 42703)',
      place: { file: 'versions/a.ts', statement: sql, position: sql.indexOf('nothing_here') },
      facts: { sqlState: '42703' },
    })
  })

  databaseTest('points into the statement that a DO block ran', async ({ database }) => {
    const sql = `DO $$ BEGIN EXECUTE 'SELECT wrong'; END $$`
    const cause = await database.client.query(sql).catch((error: unknown) => error)
    const error = databaseError(cause, { sql })
    expect(error.place).toMatchObject({ statement: 'SELECT wrong', position: 7 })
  })

  databaseTest('carries detail and hint', async ({ database }) => {
    await database.client.query('CREATE TABLE t (id int); CREATE VIEW v AS SELECT id FROM t')
    const cause = await database.client.query('DROP TABLE t').catch((error: unknown) => error)
    expect(databaseError(cause).message).toContain('\ndetail: view v depends on table t\nhint: Use DROP')
  })

  databaseTest('knows a session that was ended by the server', async ({ database }) => {
    const client = await connect({ url: database.url, applicationName })
    const { rows } = await client.query('SELECT pg_backend_pid() AS pid')
    const running = client.query('SELECT pg_sleep(60)').catch((error: unknown) => error)
    await database.client.query('SELECT pg_terminate_backend($1)', [rows[0].pid])
    const cause = await running
    expect(isConnectionLost(cause)).toBe(true)
    expect(databaseError(cause)).toMatchObject({ code: 'connection-lost' })
    const next = await client.query('SELECT 1').catch((error: unknown) => error)
    expect(isConnectionLost(next)).toBe(true)
  })
})

test('a position counts characters, and an offset UTF-16 units', () => {
  expect(positionOffset('a😀b', 3)).toBe(3)
  expect(positionOffset('a😀b', 1)).toBe(0)
  expect(positionOffset('ab', 9)).toBe(2)
})
