// Folders for builds and caches, from which code is run. JavaScript, since the launcher uses it before any TypeScript runs.
import { chmodSync, lstatSync, mkdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'

/**
 * A folder below `base`, if each part of the way is a real folder (no link) of one of the owners, and closed to
 * writing by anybody else. Looks only.
 * @param {string} base a folder that is trusted as it is
 * @param {readonly string[]} names the way from there
 * @param {readonly number[]} owners user ids
 * @returns {string | undefined}
 */
export function closedFolder(base, names, owners) {
  let folder = base
  for (const name of names) {
    folder = join(folder, name)
    if (!isClosed(folder, owners)) return undefined
  }
  return folder
}

/**
 * As `closedFolder`, and makes what is missing. A folder of ours that others could write to is closed; the last one
 * is emptied before, since nobody knows who has put what into it.
 * @param {string} base
 * @param {readonly string[]} names
 * @param {readonly number[]} owners
 * @param {number} [mode] of the last folder, where it is made
 * @returns {string | undefined}
 */
export function madeFolder(base, names, owners, mode = 0o755) {
  let folder = base
  for (const [at, name] of names.entries()) {
    folder = join(folder, name)
    const isLast = at === names.length - 1
    try {
      if (isOpenToOthers(folder, owners)) {
        if (isLast) rmSync(folder, { recursive: true, force: true })
        else chmodSync(folder, 0o755)
      }
      if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) {
        mkdirSync(folder, { mode: isLast ? mode : 0o755 })
        // What is kept for this machine is not part of a repository.
        if (name === '.mig') writeFileSync(join(folder, '.gitignore'), '*\n', { flag: 'wx' })
      }
    } catch {
      // Another command made it meanwhile, or it cannot be made: what is there now decides.
    }
    if (!isClosed(folder, owners)) return undefined
  }
  return folder
}

/**
 * The user's folder for caches, `$XDG_CACHE_HOME` or else `~/.cache` (XDG Base Directory Specification). Undefined
 * where there is none, or where another user could replace what is below it.
 * @param {boolean} make
 * @returns {string | undefined}
 */
export function userCacheHome(make) {
  try {
    const given = process.env.XDG_CACHE_HOME ?? ''
    const home = isAbsolute(given) ? given : join(homedir(), '.cache')
    if (make) mkdirSync(home, { recursive: true, mode: 0o700 })
    const real = realpathSync(home)
    return isSafeWay(real) ? real : undefined
  } catch {
    // No home folder, or one that is closed to this user.
    return undefined
  }
}

/** The user ids whose folders count: our own, and whoever owns `trusted`. @param {string} trusted @returns {number[]} */
export function ownersBeside(trusted) {
  const owner = statSync(trusted, { throwIfNoEntry: false })?.uid
  return [...ownUser(), ...(owner === undefined ? [] : [owner])]
}

/** @returns {number[]} our user id; none on Windows, which has no such ids */
export function ownUser() {
  return process.getuid === undefined ? [] : [process.getuid()]
}

/** @param {string} folder @param {readonly number[]} owners */
function isClosed(folder, owners) {
  const stat = lstatSync(folder, { throwIfNoEntry: false })
  if (stat === undefined || !stat.isDirectory()) return false
  return process.getuid === undefined || (owners.includes(stat.uid) && (stat.mode & 0o022) === 0)
}

/** @param {string} folder @param {readonly number[]} owners */
function isOpenToOthers(folder, owners) {
  const stat = lstatSync(folder, { throwIfNoEntry: false })
  if (process.getuid === undefined || stat === undefined || !stat.isDirectory()) return false
  return owners.includes(stat.uid) && (stat.mode & 0o022) !== 0
}

/**
 * Whether nobody else can rename a folder on the way: each is ours or root's, and writable by us alone or sticky, as
 * /tmp is.
 * @param {string} path a real path
 * @returns {boolean}
 */
function isSafeWay(path) {
  if (process.getuid === undefined) return true
  const { uid, gid, mode } = statSync(path)
  const others = gid === process.getgid?.() ? 0o002 : 0o022
  if (![...ownUser(), 0].includes(uid) || ((mode & others) !== 0 && (mode & 0o1000) === 0)) return false
  return dirname(path) === path || isSafeWay(dirname(path))
}
