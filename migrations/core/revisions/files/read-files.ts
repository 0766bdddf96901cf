import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import { basename, extname, join, resolve, sep } from 'node:path'
import { errorCode, MigError } from '../../errors.ts'
import { checkSource } from '../../source-file.ts'
import { checkedHeader, type FileHeader, parseHeader } from './header.ts'
import { type HeaderCache, openHeaderCache } from './header-cache.ts'
import { isRowTest } from './row-test.ts'
import type { RevisionFile } from './spec.ts'

/** A folder of revision files, and the line that they belong to. */
export interface RevisionLocation {
  readonly line: string
  readonly dir: string
}

const headerBytes = 4096
const code = new Set(['.js', '.cjs', '.mjs', '.cts', '.mts', '.tsx', '.jsx', '.py'])

/**
 * The revisions in folders, each folder's sorted by file name. Only the headers are read and nothing is imported.
 * Dotfiles, editors' droppings, `*.d.ts`, row tests and what is not code are passed over; a folder that does not exist has none.
 * @param versionsDir a folder in which every revision file must be in one of the locations
 * @param cacheFile where headers are kept between runs; read again when size, inode, mtime or ctime of a file differ
 * @throws MigError naming file and line: `metadata-not-literal`, `unreadable-revision`, `missing-metadata`,
 *   `not-a-revision-file`, `file-outside-lines`; a duplicate id is for `revisionGraph` to find
 */
export function readRevisionFiles(
  locations: readonly RevisionLocation[],
  versionsDir?: string,
  cacheFile?: string,
): readonly RevisionFile[] {
  if (versionsDir !== undefined) refuseStrays(versionsDir, locations)
  const buffer = Buffer.allocUnsafe(headerBytes)
  const cache = cacheFile === undefined ? undefined : openHeaderCache(cacheFile)
  const files = locations.flatMap(({ line, dir }) =>
    listFolder(dir)
      .filter(isRevisionName)
      .map((name) => revisionFile(line, `${dir}${sep}${name}`, buffer, cache)),
  )
  cache?.save()
  return files
}

function revisionFile(
  line: string,
  path: string,
  buffer: Buffer,
  cache: HeaderCache | undefined,
): RevisionFile {
  const stat = statSync(path)
  const known = cache?.get(path, stat)
  if (known?.line === line) return known
  checkSource(path, stat)
  const file = { ...readHeader(path, buffer), line, path, format: formatOf(path) }
  cache?.set(stat, file)
  return file
}

function formatOf(path: string): 'ts' | 'sql' {
  return path.endsWith('.sql') ? 'sql' : 'ts'
}

function readHeader(path: string, buffer: Buffer): FileHeader {
  const format = formatOf(path)
  const start = readStart(path, buffer)
  const parsed = parseHeader(start.text, format)
  const enough = start.whole || parsed.complete
  return checkedHeader(enough ? parsed : parseHeader(readFileSync(path, 'utf8'), format), path)
}

function readStart(path: string, buffer: Buffer): { readonly text: string; readonly whole: boolean } {
  const file = openSync(path, 'r')
  try {
    const length = readSync(file, buffer, 0, buffer.length, 0)
    return { text: buffer.toString('utf8', 0, length), whole: length < buffer.length }
  } finally {
    closeSync(file)
  }
}

/** File names in a folder, sorted by code unit, as Alembic sorts them. */
function listFolder(dir: string): readonly string[] {
  try {
    return readdirSync(dir)
      .filter((name) => !isDropping(name))
      .sort()
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return []
    throw error
  }
}

/** What stands beside revisions and is none. */
const isDropping = (name: string): boolean =>
  isRowTest(name) || /^[.#]|~$|\.(?:swp|swo|bak|orig|rej|tmp)$|\.d\.[cm]?ts$/.test(name)

function isRevisionName(name: string): boolean {
  const extension = extname(name)
  if (extension === '.ts' || extension === '.sql') return true
  if (!code.has(extension)) return false
  throw new MigError('not-a-revision-file', `${name} is not a revision: revisions are .ts or .sql files`, {
    help: 'rename it, or keep it outside versions/; import Alembic revisions: just mig-import alembic',
    facts: { file: name },
  })
}

function refuseStrays(versionsDir: string, locations: readonly RevisionLocation[]): void {
  const dirs = locations.map(({ dir }) => resolve(dir))
  const todo = [resolve(versionsDir)]
  for (let dir = todo.pop(); dir !== undefined; dir = todo.pop()) {
    const isLocation = dirs.includes(dir)
    for (const entry of entriesOf(dir)) {
      if (entry.isDirectory()) {
        if (!isDropping(entry.name)) todo.push(join(dir, entry.name))
      } else if (!isLocation && !isDropping(entry.name) && ['.ts', '.sql'].includes(extname(entry.name))) {
        throw stray(join(dir, entry.name), dirs)
      }
    }
  }
}

function entriesOf(dir: string): readonly { readonly name: string; isDirectory(): boolean }[] {
  try {
    return readdirSync(dir, { withFileTypes: true })
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw error
  }
}

function stray(path: string, dirs: readonly string[]): MigError {
  const inside = dirs.find((dir) => path.startsWith(dir + sep))
  return new MigError('file-outside-lines', `${path} is in no line: no schema key has its folder`, {
    help:
      inside === undefined
        ? `move it to the folder of its line (${dirs.map((dir) => basename(dir)).join(', ')}), or add its key to the schema map in env.ts`
        : `move it to ${inside}: subfolders are not read`,
    place: { file: path },
  })
}
