import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  linkSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { MigError } from '../../errors.ts'
import { processExists } from '../../process-group.ts'
import type { PostgresBinaries } from './binaries.ts'
import { type ClusterPaths, clusterUser, serverEnvironment } from './cluster.ts'
import { livePostmaster, type Postmaster } from './postmaster.ts'

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  max_locks_per_transaction: '256',
  shared_buffers: '64MB',
  max_wal_size: '256MB',
  io_method: 'sync',
  max_logical_replication_workers: '0',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] %a ',
  // The client is told of errors; the log is for the server's own troubles, and holds no statement.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
}

/**
 * A backend keeps the memory that a query frees for the next query, instead of a page fault for each page, which saves a
 * quarter of the time to read the catalogs; a backend keeps at most 256 MB. It grows by a megabyte at least, and asks for
 * transparent huge pages (glibc manual, "Memory Allocation Tunables"; other C libraries ignore it).
 */
export const memoryTunables = [
  ...['glibc.malloc.hugetlb=1', 'glibc.malloc.top_pad=1048576'],
  ...['glibc.malloc.trim_threshold=268435456', 'glibc.malloc.mmap_threshold=268435456'],
].join(':')

/** Those that are set already come last, and win. */
function withTunables(given: string | undefined): string {
  return given === undefined ? memoryTunables : `${memoryTunables}:${given}`
}

const startPatience = 60_000
const logKept = 1_000_000

/** Parameters of PostgreSQL, in place of the usual ones. */
export type ServerSettings = Readonly<Record<string, string>>

/** How one `postgres` process ended up. */
type Outcome = { readonly live: Postmaster } | { readonly failed: string }

/**
 * Starts the server of a cluster, detached, and waits until it is ready. Two commands that start it at once
 * end with one server: PostgreSQL lets one process into a data directory, and the other command finds it.
 * @param changed parameters that this cluster is started with, in place of the usual ones
 * @throws MigError `server-start-failed` with the end of the log
 */
export async function startServer(
  paths: ClusterPaths,
  binaries: PostgresBinaries,
  changed: ServerSettings = {},
): Promise<Postmaster> {
  const deadline = Date.now() + startPatience
  let preferred = lastPort(paths)
  for (;;) {
    const port = await freePort(preferred)
    const outcome = await attempt(paths, binaries, { port, deadline, changed })
    if ('live' in outcome) {
      writeFileSync(paths.portFile, String(outcome.live.port))
      return outcome.live
    }
    if (Date.now() > deadline || !isPassing(outcome.failed)) throw startFailed(paths, outcome.failed)
    if (/could not bind|could not create any TCP/.test(outcome.failed)) preferred = undefined
    if (/lock file .* already exists/.test(outcome.failed)) await removeForeignPidFile(paths)
    await pause(200)
  }
}

async function attempt(
  paths: ClusterPaths,
  binaries: PostgresBinaries,
  { port, deadline, changed }: { port: number; deadline: number; changed: ServerSettings },
): Promise<Outcome> {
  const log = openLog(paths)
  const options = Object.entries({ ...settings, ...changed }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ])
  // The real path, since the server's user may reach the data and not the checkout that links to it.
  const dataDir = realpathSync(paths.dataDir)
  const child = spawn(binaries.postgres, ['-D', dataDir, '-p', String(port), ...options], {
    ...clusterUser(paths),
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    cwd: dataDir,
    env: { ...serverEnvironment(), GLIBC_TUNABLES: withTunables(process.env.GLIBC_TUNABLES) },
    windowsHide: true,
  })
  closeSync(log.fd)
  let ended: string | undefined
  child.once('error', (error) => {
    ended = error.message
  })
  child.once('exit', () => {
    ended ??= ''
  })
  child.unref()
  while (Date.now() < deadline) {
    const live = await livePostmaster(paths.dataDir)
    if (live?.state === 'ready') return { live }
    // While another command's server is on its way, ours has nothing to do but wait for it.
    if (live === undefined && ended !== undefined) return { failed: `${ended}${logSince(paths, log.offset)}` }
    await pause(10)
  }
  if (ended === undefined) child.kill('SIGQUIT')
  return { failed: `it was not ready within ${startPatience / 1000} s\n${logSince(paths, log.offset)}` }
}

function isPassing(log: string): boolean {
  return /could not bind|could not create any TCP|lock file .* already exists|pre-existing shared memory block/.test(
    log,
  )
}

/**
 * PostgreSQL takes any living process of its user for the server that `postmaster.pid` names. After a crash or
 * in a new container that number may be somebody else's: then the file is stale, and goes.
 */
async function removeForeignPidFile(paths: ClusterPaths): Promise<void> {
  const file = join(paths.dataDir, 'postmaster.pid')
  const pid = pidIn(file)
  if (process.platform !== 'linux' || pid === undefined) return
  if (!processExists(pid) || (await livePostmaster(paths.dataDir)) !== undefined) return
  const aside = `${file}.${process.pid}`
  renameSync(file, aside)
  // Between the look and the rename another command may have started a server: its file goes back.
  if (pidIn(aside) !== pid) linkSync(aside, file)
  rmSync(aside)
}

function pidIn(file: string): number | undefined {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return undefined
  return Number.parseInt(readFileSync(file, 'utf8'), 10)
}

function lastPort({ portFile }: ClusterPaths): number | undefined {
  if (statSync(portFile, { throwIfNoEntry: false }) === undefined) return undefined
  return Number.parseInt(readFileSync(portFile, 'utf8'), 10) || undefined
}

function openLog({ logFile }: ClusterPaths): { fd: number; offset: number } {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0
  if (size > logKept) renameSync(logFile, `${logFile}.old`)
  return { fd: openSync(logFile, 'a', 0o600), offset: size > logKept ? 0 : size }
}

function logSince({ logFile }: ClusterPaths, offset: number): string {
  return readFileSync(logFile).subarray(offset).toString('utf8')
}

function startFailed(paths: ClusterPaths, log: string): MigError {
  const tail = log.trim().split('\n').slice(-10).join('\n')
  return new MigError('server-start-failed', `the embedded PostgreSQL did not start:\n${tail}`, {
    help: `fix the cause, or start over with an empty database: just db-reset (log: ${paths.logFile})`,
    facts: { logFile: paths.logFile },
  })
}

/**
 * A TCP port of 127.0.0.1 that nobody listens on.
 * @param preferred taken when it is free
 */
export async function freePort(preferred?: number): Promise<number> {
  const first = preferred === undefined ? undefined : await listenOnce(preferred)
  const port = first ?? (await listenOnce(0))
  if (port === undefined) throw new Error('127.0.0.1 has no free port')
  return port
}

async function listenOnce(port: number): Promise<number | undefined> {
  const probe = createServer()
  probe.listen(port, '127.0.0.1')
  try {
    await once(probe, 'listening')
  } catch {
    return undefined
  }
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  return typeof address === 'object' ? address?.port : undefined
}
