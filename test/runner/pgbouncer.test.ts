import { spawn } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { describe, expect } from 'vitest'
import { connect } from '../../migrations/core/postgres/connection/connection.ts'
import { serverUser } from '../../migrations/core/postgres/embedded/server-user.ts'
import { freePort } from '../../migrations/core/postgres/embedded/start-server.ts'
import { databaseTest, type TestDatabase } from '../support/database.ts'
import { versionOf } from '../support/programs.ts'
import { createLab, revision } from './support.ts'

const isInstalled = versionOf('pgbouncer') !== undefined
if (!isInstalled) console.warn('skipped: pgbouncer is not installed')

/** A real pooler with one session of the server, in front of a database. */
async function pooler(database: TestDatabase, mode: 'transaction' | 'session', more = '', connectQuery = '') {
  const folder = await mkdtemp(join(tmpdir(), 'just-mig-pooler-'))
  await chmod(folder, 0o755)
  const server = new URL(database.url)
  const port = await freePort()
  await writeFile(
    join(folder, 'users.txt'),
    `"${server.username}" "${decodeURIComponent(server.password)}"\n`,
  )
  await writeFile(
    join(folder, 'pooler.ini'),
    `[databases]
* = host=${server.hostname} port=${server.port}${connectQuery === '' ? '' : ` connect_query='${connectQuery}'`}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${folder}/users.txt
pool_mode = ${mode}
default_pool_size = ${mode === 'transaction' ? 1 : 4}
server_reset_query =
${more}
`,
  )
  // It refuses to run as root.
  const child = spawn('pgbouncer', [join(folder, 'pooler.ini')], { ...serverUser(), stdio: 'ignore' })
  const url = new URL(database.url)
  url.hostname = '127.0.0.1'
  url.port = String(port)
  const settings = async () => {
    const client = new pg.Client({ connectionString: url.href })
    await client.connect()
    const { rows } = await client.query(
      `SELECT name, setting FROM pg_settings WHERE source = 'session' AND name NOT IN ('application_name', 'client_encoding', 'TimeZone', 'DateStyle', 'standard_conforming_strings') ORDER BY 1`,
    )
    await client.end()
    return rows
  }
  await expect.poll(() => settings().then(() => 'up', String), { timeout: 10_000 }).toBe('up')
  return {
    url: url.href,
    settings,
    async close() {
      child.kill('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

describe.skipIf(!isInstalled)(`behind pgbouncer, as ${userInfo().username}`, () => {
  databaseTest(
    'in transaction mode a run is refused, and leaves nothing on its sessions',
    async ({ database }) => {
      const lab = await createLab(database)
      await lab.write({ 'user/20260101_000000_aaaaaaaaaaa1_t.ts': revision('aaaaaaaaaaa1', null, '') })
      const pool = await pooler(database, 'transaction')
      try {
        const { error } = await lab.upgrade({ url: pool.url })
        expect(error).toMatchObject({ code: 'transaction-pooler' })
        expect(await pool.settings()).toEqual([])
      } finally {
        await pool.close()
        await rm(lab.root, { recursive: true, force: true })
      }
    },
  )

  databaseTest(
    'in transaction mode nothing is read either, since search_path is not ours there',
    async ({ database }) => {
      const drops = 'ignore_startup_parameters = options'
      // A search_path as ours, which somebody else has set, says nothing of whose the session is.
      const samePath = `SELECT set_config(''search_path'', ''pg_catalog,pg_temp'', false)`
      for (const [more, connectQuery] of [[''], [drops], [drops, samePath]]) {
        const pool = await pooler(database, 'transaction', more, connectQuery)
        try {
          const open = connect({ url: pool.url, applicationName: 'just-mig test' })
          await expect(open).rejects.toMatchObject({ code: 'transaction-pooler' })
          // Only what the pooler itself has set.
          const names = (await pool.settings()).map(({ name }) => name)
          expect(names).toEqual(connectQuery === undefined ? [] : ['search_path'])
        } finally {
          await pool.close()
        }
      }
    },
  )

  databaseTest.for([
    '',
    // PgBouncer refuses the startup packet's options, or drops them in silence.
    'ignore_startup_parameters = options',
  ])('in session mode it runs, and leaves nothing either %s', async (more, { database }) => {
    const lab = await createLab(database)
    await lab.write({
      'user/20260101_000000_aaaaaaaaaaa1_t.ts': revision(
        'aaaaaaaaaaa1',
        null,
        "await op.execute('CREATE TABLE t (id int)')",
      ),
    })
    const pool = await pooler(database, 'session', more)
    try {
      const client = await connect({ url: pool.url, applicationName: 'just-mig test' })
      const { rows } = await client.query('SHOW search_path')
      await client.end()
      expect(rows).toEqual([{ search_path: 'pg_catalog, pg_temp' }])
      expect((await lab.upgrade({ url: pool.url })).error).toBeUndefined()
      for (let session = 0; session < 4; session++) expect(await pool.settings()).toEqual([])
    } finally {
      await pool.close()
      await rm(lab.root, { recursive: true, force: true })
    }
  })
})
