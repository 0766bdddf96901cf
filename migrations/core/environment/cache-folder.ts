import { createHash } from 'node:crypto'
import { lstatSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MigError } from '../errors.ts'
import { madeFolder, ownersBeside, ownUser, userCacheHome } from './own-folder.mjs'

/**
 * The folder for compiled files and kept results of a project: `.mig/cache`, if it belongs to us or to the owner of
 * the project, and nobody else can write to it. Otherwise one below the user's cache folder, or one that is removed
 * when the process ends. Where nothing can be written, `.mig/cache` does not exist, and nothing is kept.
 * @param root the project folder
 * @throws MigError `no-cache-folder` when somebody else can write to `.mig/cache`, and no other folder can be made
 */
export function cacheFolder(root: string): string {
  const inProject = madeFolder(root, ['.mig', 'cache'], ownersBeside(root))
  if (inProject !== undefined) return inProject
  if (isMissing(root)) return join(root, '.mig', 'cache')
  const home = userCacheHome(true)
  const key = createHash('sha256').update(root).digest('hex').slice(0, 16)
  const below = home === undefined ? undefined : madeFolder(home, ['just-mig', 'cache', key], ownUser())
  return below ?? temporaryFolder(root)
}

/**
 * The folder for what follows from its content alone, so that every clone of a project can use it; the project's own where
 * the user has no cache folder.
 * @param cacheDir the {@link cacheFolder} of the project
 */
export function sharedFolder(cacheDir: string): string {
  const home = userCacheHome(true)
  const below = home === undefined ? undefined : madeFolder(home, ['just-mig', 'states'], ownUser(), 0o700)
  return below ?? cacheDir
}

/** Whether the way to the cache ends because it could not be made, and not at something of another user's. */
function isMissing(root: string): boolean {
  const home = lstatSync(join(root, '.mig'), { throwIfNoEntry: false })
  if (home === undefined) return true
  const isOurs = process.getuid === undefined || ownersBeside(root).includes(home.uid)
  return (
    isOurs &&
    home.isDirectory() &&
    (home.mode & 0o022) === 0 &&
    lstatSync(join(root, '.mig', 'cache'), { throwIfNoEntry: false }) === undefined
  )
}

function temporaryFolder(root: string): string {
  try {
    const folder = mkdtempSync(join(tmpdir(), 'just-mig-cache-'))
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
    return folder
  } catch (cause) {
    throw new MigError(
      'no-cache-folder',
      `another user can write to ${join(root, '.mig')}, and there is no other folder for compiled files`,
      { help: `remove ${join(root, '.mig')}, or set XDG_CACHE_HOME to a folder of yours`, cause },
    )
  }
}
