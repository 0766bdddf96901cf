import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { userCacheHome } from '../../environment/own-folder.mjs'
import { MigError, messageOf } from '../../errors.ts'
import { livePostmaster } from './postmaster.ts'
import { isReadableBy, type ServerUser } from './server-user.ts'

const outsideOfRoot = '/var/lib/just-mig'

/** Where root has the clusters of checkouts that the server's user cannot enter. */
export const clustersOutside = join(outsideOfRoot, 'clusters')

/**
 * A folder outside the checkout, for what the server's user must read but cannot reach inside it.
 * Only we can write to it: it is a real folder, ours, and closed to the group and others, so that nobody can
 * have planted a file there.
 * @throws MigError `no-outside-folder` with what is wrong with each candidate
 */
export function outsideFolder(user: ServerUser | undefined): string {
  const complaints: string[] = []
  for (const candidate of candidates(user)) {
    const complaint = folderComplaint(candidate, user)
    if (complaint === undefined) return candidate
    complaints.push(`${candidate}: ${complaint}`)
  }
  throw new MigError(
    'no-outside-folder',
    `the PostgreSQL server needs a folder outside the checkout, and none is usable: ${complaints.join('; ') || 'the user has no private cache folder'}`,
    {
      help: 'move the checkout to a folder that all users can enter, set XDG_CACHE_HOME to a folder of yours, or set MIG_DATABASE_URL',
    },
  )
}

function candidates(user: ServerUser | undefined): string[] {
  if (user !== undefined) return [outsideOfRoot]
  const cache = userCacheHome(true)
  return cache === undefined ? [] : [join(cache, 'just-mig')]
}

/** Makes the folder if need be; says why it will not do, or undefined. */
export function folderComplaint(folder: string, user: ServerUser | undefined): string | undefined {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o755 })
    const stats = lstatSync(folder)
    if (!stats.isDirectory()) return 'is not a folder'
    if (process.getuid !== undefined && stats.uid !== process.getuid()) return 'belongs to another user'
    if (process.platform !== 'win32' && (stats.mode & 0o022) !== 0) return 'can be written to by others'
    // A umask of 077 would have closed it to the server's user.
    if (user !== undefined) chmodSync(folder, 0o755)
    return isReadableBy(user, folder) ? undefined : "cannot be entered by the server's user"
  } catch (error) {
    return messageOf(error)
  }
}

const hour = 3_600_000

/** Notes in a cluster outside which link leads to it, so that it can be known for an orphan one day. */
export function noteLink(cluster: string, link: string): void {
  writeFileSync(join(cluster, 'link'), link)
}

/**
 * Removes clusters whose project is gone, servers included: their link leads elsewhere or nowhere. One that is
 * younger than an hour stays, since its link may be about to be made.
 * @param home the folder of the clusters outside
 */
export async function removeOrphans(home: string): Promise<void> {
  for (const name of readdirSync(home)) {
    const cluster = join(home, name)
    if (!name.startsWith('cluster-') || !isOrphan(cluster)) continue
    const live = await livePostmaster(join(cluster, 'data'))
    // Nobody will read its data again: it need not end in good order.
    if (live !== undefined) process.kill(live.pid, 'SIGQUIT')
    rmSync(cluster, { recursive: true, force: true, maxRetries: 10 })
  }
}

function isOrphan(cluster: string): boolean {
  const note = join(cluster, 'link')
  const stats = statSync(note, { throwIfNoEntry: false })
  if (stats === undefined || Date.now() - stats.mtimeMs < hour) return false
  const link = readFileSync(note, 'utf8')
  return !existsSync(link) || realpathSync(link) !== realpathSync(cluster)
}
