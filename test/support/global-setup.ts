import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'
import { postgresBinaries } from '../../migrations/core/postgres/binaries.ts'
import { serverUser } from '../../migrations/core/postgres/server-user.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Superuser's URL of database `postgres` on the run's own server. */
    adminUrl: string
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

/** One server for the whole run, on a free port, in a folder that goes away with it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const user = serverUser()
  const binaries = await postgresBinaries(user)
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'just-mig-test-'))
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  let keeper: ChildProcess | undefined
  try {
    const initdb = [
      '-D',
      data,
      '-U',
      'postgres',
      '--auth=trust',
      '-E',
      'UTF8',
      '--locale=C.UTF-8',
      '--no-sync',
      '--no-instructions',
    ]
    await promisify(execFile)(binaries.initdb, initdb, { ...user, cwd: folder })
    const port = await freePort()
    keeper = keepServer(folder, {
      command: binaries.postgres,
      args: [
        '-D',
        data,
        '-p',
        String(port),
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      ...user,
    })
    await serverReady(folder, keeper)
    project.provide('adminUrl', `postgresql://postgres@127.0.0.1:${port}/postgres`)
    const running = keeper
    return () => stop(running)
  } catch (error) {
    if (keeper === undefined) rmSync(folder, { recursive: true, force: true })
    else await stop(keeper)
    throw error
  }
}

function keepServer(folder: string, server: object): ChildProcess {
  const script = join(dirname(fileURLToPath(import.meta.url)), 'server-keeper.mjs')
  // Detached, so that Ctrl-C reaches the test run only and the keeper is there to clean up.
  return spawn(process.execPath, [script, folder, JSON.stringify(server)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  })
}

/** PostgreSQL writes its state to the eighth line of postmaster.pid. */
async function serverReady(folder: string, keeper: ChildProcess): Promise<void> {
  const file = join(folder, 'data', 'postmaster.pid')
  const deadline = Date.now() + 60_000
  while (Date.now() < deadline && keeper.exitCode === null) {
    const there = statSync(file, { throwIfNoEntry: false }) !== undefined
    if (there && readFileSync(file, 'utf8').split('\n')[7]?.trim() === 'ready') return
    await pause(20)
  }
  throw new Error('the test server did not start')
}

async function stop(keeper: ChildProcess): Promise<void> {
  if (keeper.exitCode !== null) return
  const exited = once(keeper, 'exit')
  keeper.stdin?.end()
  await exited
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}
