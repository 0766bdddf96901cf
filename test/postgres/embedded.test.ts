import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { connect } from '../../migrations/core/postgres/connection/connection.ts'
import {
  formatDatabaseUrl,
  parseDatabaseUrl,
} from '../../migrations/core/postgres/connection/database-url.ts'
import { serverEnvironment } from '../../migrations/core/postgres/embedded/cluster.ts'
import {
  embeddedStatus,
  ensureDatabase,
  resetEmbeddedServer,
  stopEmbeddedServer,
} from '../../migrations/core/postgres/embedded/embedded.ts'
import { serverUser } from '../../migrations/core/postgres/embedded/server-user.ts'
import { processExists } from '../../migrations/core/process-group.ts'
import { canRunProgramsAs, spawnProgram } from '../support/child.ts'
import { ensured, ensuredByProgram, makeProject, query, usingProject } from '../support/embedded.ts'

const applicationName = 'just-mig test'
const ignore = () => undefined
const isRoot = process.getuid?.() === 0

async function gone(pid: number): Promise<void> {
  await expect.poll(() => processExists(pid), { timeout: 20_000 }).toBe(false)
}

/** The cluster of the tests that are not about setting one up; each leaves it so that it can be started. */
let shared: ReturnType<typeof makeProject>
beforeAll(() => {
  shared = makeProject()
})
afterAll(() => shared.remove())

const withServer = (body: (root: string) => Promise<void>) => body(shared.root)

describe('the embedded server', () => {
  test('is set up once, found again, stopped, started with its data, and deleted', async () => {
    await usingProject(async (root) => {
      expect((await embeddedStatus(root)).state).toBe('absent')
      const first = await ensured(root)
      expect(first.states).toEqual(['creating', 'starting', 'started'])
      expect(first.server.version).toBe(18)
      expect(await ensureDatabase(first.server, 'My app')).toBe(true)
      expect(await ensureDatabase(first.server, 'My app')).toBe(false)
      await query(first.server.url('My app'), 'CREATE TABLE kept ()')
      const again = await ensured(root)
      expect(again.states).toEqual([])
      expect(again.server.pid).toBe(first.server.pid)
      expect(await embeddedStatus(root)).toMatchObject({
        state: 'running',
        pid: first.server.pid,
        port: first.server.port,
      })

      expect(await stopEmbeddedServer(root, ignore)).toBe(true)
      expect(await stopEmbeddedServer(root, ignore)).toBe(false)
      expect(await embeddedStatus(root)).toMatchObject({ state: 'stopped', version: 18 })
      await expect(connect({ url: first.server.url('My app'), applicationName })).rejects.toMatchObject({
        code: 'no-server',
      })

      const restarted = await ensured(root)
      expect(restarted.states).toEqual(['starting', 'started'])
      expect(await query(restarted.server.url('My app'), `SELECT to_regclass('kept')::text AS kept`)).toEqual(
        [{ kept: 'kept' }],
      )

      await resetEmbeddedServer(root, ignore)
      expect(await embeddedStatus(root)).toMatchObject({ state: 'absent' })
      await gone(restarted.server.pid)
    })
  })

  test('listens on the loopback only, and to nobody without its password', async () => {
    await withServer(async (root) => {
      const { server } = await ensured(root)
      const url = server.url('postgres')
      expect(await query(url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }])
      const passwordFile = join(root, '.mig', 'postgres', 'password')
      expect(statSync(passwordFile).mode & 0o777).toBe(0o600)
      expect(readFileSync(join(root, '.mig', '.gitignore'), 'utf8')).toBe('*\n')
      const address = parseDatabaseUrl(url)
      for (const password of ['wrong', '']) {
        const error = await connect({
          url: formatDatabaseUrl({ ...address, password }),
          applicationName,
        }).catch((cause: unknown) => cause)
        expect(error).toMatchObject({ code: 'wrong-password' })
      }
      const hostile = 'p@ss:w/rd%'
      await query(url, `CREATE ROLE hostile LOGIN PASSWORD '${hostile}'`)
      const client = await connect({
        url: formatDatabaseUrl({ ...address, user: 'hostile', password: hostile }),
        applicationName,
      })
      await client.end()
      const nowhere = await connect({ url: server.url('nowhere'), applicationName }).catch(
        (cause: unknown) => cause,
      )
      expect(nowhere).toMatchObject({ code: 'no-database' })
      expect(readFileSync(join(root, '.mig', 'server.log'), 'utf8')).not.toContain(hostile)
    })
  })

  test.runIf(process.platform === 'linux')(
    'has none of the secrets of the command that started it',
    async () => {
      const secrets = {
        AWS_SECRET_ACCESS_KEY: 'not-a-key',
        MIG_SCRATCH_URL: 'not-a-url',
        PGPASSWORD: 'not-it',
      }
      for (const [name, value] of Object.entries(secrets)) vi.stubEnv(name, value)
      expect(Object.keys(serverEnvironment({ ...secrets, PATH: '/bin', HOME: '/root' }))).toEqual(['PATH'])
      try {
        await withServer(async (root) => {
          await stopEmbeddedServer(root, ignore)
          const { server } = await ensured(root)
          const variables = readFileSync(`/proc/${server.pid}/environ`, 'utf8').split('\0')
          const names = variables.flatMap((each) => (each === '' ? [] : [each.split('=')[0]]))
          // glibc cuts its variable up where it stands.
          const known = /^(PATH|TMPDIR|LD_LIBRARY_PATH|GLIBC_TUNABLES|glibc\.malloc\.\w+)$/
          expect(names.filter((name) => !known.test(name ?? ''))).toEqual([])
        })
      } finally {
        vi.unstubAllEnvs()
      }
    },
  )

  test('is one, whichever of several commands at once sets it up', async () => {
    await usingProject(async (root) => {
      const all = await Promise.all([ensuredByProgram(root), ensuredByProgram(root), ensuredByProgram(root)])
      expect(new Set(all.map(({ pid }) => pid)).size).toBe(1)
      expect(new Set(all.map(({ url }) => url)).size).toBe(1)
      expect(readdirSync(join(root, '.mig')).sort()).toEqual(['.gitignore', 'postgres', 'server.log'])
      expect(await query(all[0].url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    })
  })

  test('comes back with its data after kill -9, and tells that it recovered', async () => {
    await withServer(async (root) => {
      const { server } = await ensured(root)
      await query(server.url('postgres'), 'CREATE TABLE kept ()')
      process.kill(server.pid, 'SIGKILL')
      await gone(server.pid)
      expect((await embeddedStatus(root)).state).toBe('stopped')
      const all = await Promise.all([ensuredByProgram(root), ensuredByProgram(root)])
      expect(all[0].pid).toBe(all[1].pid)
      const after = await ensured(root)
      expect(await query(after.server.url('postgres'), `SELECT to_regclass('kept')::text AS kept`)).toEqual([
        { kept: 'kept' },
      ])
      process.kill(after.server.pid, 'SIGKILL')
      await gone(after.server.pid)
      expect((await ensured(root)).states).toEqual(['starting', 'recovered'])
    })
  })

  test('is set up afresh after a command was killed while it did so', async () => {
    await usingProject(async (root) => {
      const child = await spawnProgram('embedded-program.ts', [root])
      await new Promise((resolve) => child.stderr?.once('data', resolve))
      child.kill('SIGKILL')
      await once(child, 'exit')
      const abandoned = join(root, '.mig', `postgres.${child.pid}.0123abcd`)
      mkdirSync(abandoned, { recursive: true })
      const { server } = await ensured(root)
      expect(await query(server.url('postgres'), 'SELECT 1 AS one')).toEqual([{ one: 1 }])
      expect(existsSync(abandoned)).toBe(false)
    })
  })

  test.runIf(process.platform === 'linux')(
    'starts though postmaster.pid names a living process of another kind',
    async () => {
      await withServer(async (root) => {
        const { server } = await ensured(root)
        process.kill(server.pid, 'SIGKILL')
        await gone(server.pid)
        const other = spawn('sleep', ['600'], { ...serverUser(), cwd: '/' })
        await once(other, 'spawn')
        const file = join(server.dataDir, 'postmaster.pid')
        writeFileSync(file, readFileSync(file, 'utf8').replace(/^\d+/, String(other.pid)))
        const after = await ensured(root)
        other.kill('SIGKILL')
        expect(after.states).toEqual(['starting', 'recovered'])
      })
    },
  )

  test('is waited for while it lets nobody in, and its end is told', async () => {
    await withServer(async (root) => {
      const { server } = await ensured(root)
      const url = server.url('postgres')
      const last = await connect({ url, applicationName })
      // "Smart" shutdown: new sessions are refused with 57P03 until the last one has gone.
      process.kill(server.pid, 'SIGTERM')
      await expect.poll(async () => (await embeddedStatus(root)).state).toBe('stopped')
      const next = connect({ url, applicationName }).catch((error: unknown) => error)
      const { logFile } = await embeddedStatus(root)
      await expect.poll(() => readFileSync(logFile, 'utf8')).toContain('the database system is shutting down')
      await last.end()
      expect(await next).toMatchObject({ code: 'no-server' })
    })
  })

  test('takes another port when its own was taken meanwhile', async () => {
    await withServer(async (root) => {
      const { server } = await ensured(root)
      await stopEmbeddedServer(root, ignore)
      const squatter = createServer().listen(server.port, '127.0.0.1')
      await once(squatter, 'listening')
      const after = await ensured(root)
      squatter.close()
      expect(after.server.port).not.toBe(server.port)
      expect(await query(after.server.url('postgres'), 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    })
  })

  test('refuses the data of another major version, and db-reset is the way on', async () => {
    await withServer(async (root) => {
      const { server } = await ensured(root)
      await stopEmbeddedServer(root, ignore)
      writeFileSync(join(server.dataDir, 'PG_VERSION'), '17\n')
      await expect(ensured(root)).rejects.toMatchObject({
        code: 'server-version',
        help: expect.stringContaining('just db-reset'),
      })
      await resetEmbeddedServer(root, ignore)
      expect((await ensured(root)).states).toEqual(['creating', 'starting', 'started'])
    })
  })

  test('shows the end of its log when it does not start', async () => {
    await withServer(async (root) => {
      const { server } = await ensured(root)
      await stopEmbeddedServer(root, ignore)
      const settings = join(server.dataDir, 'postgresql.conf')
      const before = readFileSync(settings, 'utf8')
      writeFileSync(settings, 'no_such_setting = 1\n')
      await expect(ensured(root)).rejects.toMatchObject({
        code: 'server-start-failed',
        message: expect.stringContaining('no_such_setting'),
        help: expect.stringContaining('just db-reset'),
      })
      writeFileSync(settings, before)
    })
  })

  test('a folder in the place of its data is an error, not overwritten', async () => {
    await usingProject(async (root) => {
      mkdirSync(join(root, '.mig', 'postgres', 'mine'), { recursive: true })
      await expect(ensured(root)).rejects.toMatchObject({ code: 'server-folder' })
      await expect(resetEmbeddedServer(root, ignore)).rejects.toMatchObject({
        code: 'foreign-folder',
        message: expect.stringContaining('it also holds mine'),
      })
      expect(existsSync(join(root, '.mig', 'postgres', 'mine'))).toBe(true)
      rmSync(join(root, '.mig', 'postgres', 'mine'), { recursive: true })
    })
  })

  test('a link in its place is neither started, stopped nor deleted, and nothing behind it', async () => {
    await usingProject(async (root) => {
      const precious = join(root, 'precious')
      mkdirSync(join(precious, 'data'), { recursive: true })
      writeFileSync(join(precious, 'data', 'PG_VERSION'), '18')
      const [home, folder] = [join(root, '.mig'), join(root, '.mig', 'postgres')]
      mkdirSync(home)
      symlinkSync(precious, folder)
      for (const act of [ensured, embeddedStatus, (at: string) => resetEmbeddedServer(at, ignore)]) {
        await expect(act(root)).rejects.toMatchObject({ code: 'foreign-folder' })
      }
      await expect(stopEmbeddedServer(root, ignore)).rejects.toMatchObject({ code: 'foreign-folder' })
      expect(lstatSync(folder).isSymbolicLink()).toBe(true)
      rmSync(home, { recursive: true })
      mkdirSync(join(precious, 'postgres'))
      symlinkSync(precious, home)
      await expect(resetEmbeddedServer(root, ignore)).rejects.toMatchObject({ code: 'foreign-folder' })
      rmSync(home)
      expect(readdirSync(precious)).toEqual(['data', 'postgres'])
    })
  })

  test('deletes a link inside its folder, and not what that leads to', async () => {
    await usingProject(async (root) => {
      const precious = join(root, 'precious')
      mkdirSync(precious)
      writeFileSync(join(precious, 'file'), 'mine')
      mkdirSync(join(root, '.mig', 'postgres'), { recursive: true })
      symlinkSync(precious, join(root, '.mig', 'postgres', 'data'))
      await resetEmbeddedServer(root, ignore)
      expect(existsSync(join(root, '.mig', 'postgres'))).toBe(false)
      expect(readdirSync(precious)).toEqual(['file'])
    })
  })
})

describe.runIf(isRoot)('started by root', () => {
  const nobody = isRoot ? serverUser() : undefined

  test('runs as nobody', async () => {
    await withServer(async (root) => {
      const { server } = await ensured(root)
      expect(statSync(`/proc/${server.pid}`).uid).toBe(nobody?.uid)
    })
  })

  test('keeps its data outside a checkout that nobody cannot enter', async () => {
    await usingProject(
      async (root) => {
        const { server } = await ensured(root)
        const folder = join(root, '.mig', 'postgres')
        expect(lstatSync(folder).isSymbolicLink()).toBe(true)
        const outside = realpathSync(folder)
        expect(await query(server.url('postgres'), 'SELECT 1 AS one')).toEqual([{ one: 1 }])
        expect((await ensured(root)).server.pid).toBe(server.pid)
        process.kill(server.pid, 'SIGKILL')
        await gone(server.pid)
        expect((await ensured(root)).states).toEqual(['starting', 'recovered'])
        await resetEmbeddedServer(root, ignore)
        expect(existsSync(outside)).toBe(false)
      },
      { mode: 0o700 },
    )
  })

  test('clears away, in time, the data outside of a checkout that is gone', async () => {
    const root = mkdtempSync(join(realpathSync(tmpdir()), 'just-mig-gone-'))
    const { server } = await ensured(root)
    const outside = realpathSync(join(root, '.mig', 'postgres'))
    rmSync(root, { recursive: true, force: true })
    utimesSync(join(outside, 'link'), 0, 0)
    await usingProject(async (other) => void (await ensured(other)), { mode: 0o700 })
    expect(existsSync(outside)).toBe(false)
    await gone(server.pid)
  })

  test.runIf(canRunProgramsAs(nobody))(
    "goes on with an ordinary user's server, and restarts it as that user",
    async () => {
      await usingProject(
        async (root) => {
          const facts = await ensuredByProgram(root, nobody)
          expect((await ensured(root)).server.pid).toBe(facts.pid)
          await stopEmbeddedServer(root, ignore)
          const { server } = await ensured(root)
          expect(statSync(`/proc/${server.pid}`).uid).toBe(nobody?.uid)
        },
        nobody === undefined ? {} : { owner: nobody },
      )
    },
  )

  test.runIf(canRunProgramsAs(nobody))('is out of reach of an ordinary user, who is told so', async () => {
    await usingProject(async (root) => {
      await ensured(root)
      await expect(ensuredByProgram(root, nobody)).rejects.toThrow('server-folder')
    })
  })
})

test.runIf(canRunProgramsAs(serverUser()))(
  'an ordinary user sets up and finds a server as root does',
  async () => {
    const user = serverUser()
    await usingProject(
      async (root) => {
        const facts = await ensuredByProgram(root, user)
        expect(await ensuredByProgram(root, user)).toEqual(facts)
        expect(await query(facts.url, 'SELECT current_database() AS name')).toEqual([{ name: 'app' }])
      },
      user === undefined ? {} : { owner: user },
    )
  },
)
