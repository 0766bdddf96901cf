import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { MigError } from '../../errors.ts'
import { processExists } from '../../process-group.ts'
import type { PostgresBinaries } from './binaries.ts'
import { noteLink, outsideFolder, removeOrphans } from './outside-folder.ts'
import { checkOwnCluster, foreignFolder } from './own-cluster.ts'
import { isReadableBy, type ServerUser, serverUser } from './server-user.ts'

/**
 * Where the embedded cluster of a project lives. `folder` appears in one rename, whole, so that there is never
 * a half-made cluster under its name:
 *
 *     .mig/postgres/data/      the data directory, which belongs to the server's user
 *     .mig/postgres/password   the superuser's
 *     .mig/postgres/port       the port of the last start, taken again if it is free
 *     .mig/server.log
 *
 * Where root's checkout is closed to the server's user, `.mig/postgres` is a link to a folder outside.
 */
export interface ClusterPaths {
  readonly home: string
  readonly folder: string
  readonly dataDir: string
  readonly passwordFile: string
  readonly portFile: string
  readonly logFile: string
}

/** @param root the project's folder */
export function clusterPaths(root: string): ClusterPaths {
  const home = join(root, '.mig')
  const folder = join(home, 'postgres')
  return {
    home,
    folder,
    dataDir: join(folder, 'data'),
    passwordFile: join(folder, 'password'),
    portFile: join(folder, 'port'),
    logFile: join(home, 'server.log'),
  }
}

/** PostgreSQL's major version of a data directory, from its `PG_VERSION`; undefined when there is no cluster. */
export function clusterMajor({ dataDir }: ClusterPaths): number | undefined {
  const file = join(dataDir, 'PG_VERSION')
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : undefined
}

/** The user that the cluster's server must run as: for root, the owner of the data, whoever made it. */
export function clusterUser({ dataDir }: ClusterPaths): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  const stats = statSync(dataDir, { throwIfNoEntry: false })
  return stats === undefined || stats.uid === 0 ? serverUser() : { uid: stats.uid, gid: stats.gid }
}

/**
 * Makes the cluster unless another command was first. `initdb` runs in a folder of our own, which then takes
 * the cluster's name; what a killed command left half done is removed.
 * @throws MigError `initdb-failed` with what initdb said
 */
export async function createCluster(
  paths: ClusterPaths,
  binaries: PostgresBinaries,
  user: ServerUser | undefined,
  sync = true,
): Promise<void> {
  mkdirSync(paths.home, { recursive: true })
  writeFileSync(join(paths.home, '.gitignore'), '*\n')
  removeDanglingLink(paths)
  const isLinked = !isReadableBy(user, paths.home)
  const home = isLinked ? join(outsideFolder(user), 'clusters') : paths.home
  if (isLinked) mkdirSync(home, { recursive: true, mode: 0o755 })
  removeHalfMade(home)
  if (isLinked) await removeOrphans(home)
  const draft = join(home, draftName())
  try {
    mkdirSync(draft, { mode: 0o755 })
    // A umask of 077 would have closed it to the server's user.
    chmodSync(draft, 0o755)
    await initialise(draft, binaries, user, sync)
    if (isLinked) noteLink(draft, paths.folder)
    publish(draft, paths, isLinked)
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    throw error
  }
}

/**
 * Removes the cluster, the folder outside included. Its server must be stopped.
 * @throws MigError `foreign-folder` as `checkOwnCluster`, and where the folder holds more than a cluster
 */
export function removeCluster(paths: ClusterPaths): void {
  if (lstatSync(paths.folder, { throwIfNoEntry: false }) === undefined) return
  const outside = checkOwnCluster(paths)
  const strange = readdirSync(paths.folder).find((name) => !clusterFiles.includes(name))
  if (strange !== undefined) throw foreignFolder(paths.folder, `it also holds ${strange}`)
  // Renamed first, so that a kill on the way leaves no half-deleted cluster behind under the name.
  const grave = join(paths.home, draftName())
  renameSync(paths.folder, grave)
  if (outside !== undefined) rmSync(outside, { recursive: true, force: true })
  rmSync(grave, { recursive: true, force: true })
}

const clusterFiles: readonly string[] = ['data', 'password', 'port', 'link']

async function initialise(
  draft: string,
  binaries: PostgresBinaries,
  user: ServerUser | undefined,
  sync: boolean,
): Promise<void> {
  const data = join(draft, 'data')
  const passwordFile = join(draft, 'password')
  mkdirSync(data, { mode: 0o700 })
  writeFileSync(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 })
  if (user !== undefined) for (const path of [data, passwordFile]) chownSync(path, user.uid, user.gid)
  const args = [
    ...['-D', data, '-U', 'postgres', '--pwfile', passwordFile, '--no-instructions'],
    ...(sync ? [] : ['--no-sync']),
    // Loopback only, and a password of 192 random bits: a slow hash would protect nothing and cost each connection.
    ...['--auth=password', '--set', 'scram_iterations=1'],
    // The same order of texts on every platform.
    ...['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
  ]
  try {
    await promisify(execFile)(binaries.initdb, args, {
      ...user,
      cwd: draft,
      timeout: 120_000,
      env: serverEnvironment(),
    })
  } catch (cause) {
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : ''
    throw new MigError(
      'initdb-failed',
      `the embedded PostgreSQL could not be initialized: ${said || String(cause)}`,
      {
        help: 'fix the cause, or set MIG_DATABASE_URL to a server of yours',
        // It would repeat what initdb has said.
        ...(said === '' ? { cause } : {}),
      },
    )
  }
  if (user !== undefined) chownSync(passwordFile, process.getuid?.() ?? 0, process.getgid?.() ?? 0)
}

function publish(draft: string, paths: ClusterPaths, isLinked: boolean): void {
  const place = isLinked ? join(dirname(draft), `cluster-${randomBytes(8).toString('hex')}`) : paths.folder
  try {
    renameSync(draft, place)
    if (isLinked) symlinkSync(place, paths.folder)
  } catch (error) {
    for (const left of isLinked ? [draft, place] : [draft]) rmSync(left, { recursive: true, force: true })
    // Another command was first, and its cluster is as good.
    if (!existsSync(join(paths.dataDir, 'PG_VERSION'))) throw error
  }
}

/** Drafts and graves carry the process that works on them in their name. */
function draftName(): string {
  return `postgres.${process.pid}.${randomBytes(4).toString('hex')}`
}

function removeHalfMade(home: string): void {
  for (const name of readdirSync(home)) {
    const pid = /^postgres\.(\d+)\.[0-9a-f]{8}$/.exec(name)?.[1]
    if (pid !== undefined && !processExists(Number(pid)))
      rmSync(join(home, name), { recursive: true, force: true })
  }
}

/** A cluster outside can have been cleared away, as folders for temporary files are. */
function removeDanglingLink({ folder }: ClusterPaths): void {
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink() && !existsSync(folder)) rmSync(folder)
}

/** What a server process needs to find its libraries, programs and folder for temporary files. */
const serverVariables =
  /^(PATH|LD_LIBRARY_PATH|DYLD_(FALLBACK_)?LIBRARY_PATH|TMPDIR|TEMP|TMP|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT)$/i

/**
 * The environment of a server process. It outlives the command, its user may be another one, and SQL can read it:
 * nothing goes along but what it needs, neither the secrets of the caller nor the variables of libpq.
 */
export function serverEnvironment(variables: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => serverVariables.test(name)))
}

/** `.mig/postgres` as messages show it. */
export function shownPath(paths: ClusterPaths): string {
  return join(basename(dirname(paths.folder)), basename(paths.folder))
}
