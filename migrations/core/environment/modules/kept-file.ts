import { createHash } from 'node:crypto'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { errorCode } from '../../errors.ts'

/** The text of a kept file; undefined where there is none, or one of another user's. */
export function readKept(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES'].includes(errorCode(error))) return undefined
    throw error
  }
}

/** The value of a file that {@link keepValue} wrote; undefined where there is none, or one that is not as it was written. */
export function keptValue<Value>(path: string): Value | undefined {
  const kept = readKept(path)
  if (kept === undefined) return undefined
  const end = kept.indexOf('\n')
  const text = kept.slice(end + 1)
  return end !== -1 && kept.slice(0, end) === digest(text) ? (JSON.parse(text) as Value) : undefined
}

/** Keeps a value as JSON, with the digest of it in the first line; false as with {@link keep}. */
export function keepValue(path: string, value: unknown): boolean {
  const text = JSON.stringify(value)
  return keep(path, `${digest(text)}\n${text}`)
}

/**
 * Removes files of a folder, so that a number of them stay: those that were written or {@link noteUse used} last.
 * @param names which files are meant
 */
export function forgetOldest(folder: string, names: RegExp, most: number): void {
  const files = readdirSync(folder)
    .filter((name) => names.test(name))
    .map((name) => join(folder, name))
    .map((path) => ({ path, used: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .toSorted((one, other) => other.used - one.used)
  for (const { path } of files.slice(most)) ifWritable(() => rmSync(path, { force: true }))
}

/** Notes that a kept file was of use, for {@link forgetOldest}. */
export function noteUse(path: string): void {
  const now = new Date()
  ifWritable(() => utimesSync(path, now, now))
}

function ifWritable(change: () => void): void {
  try {
    change()
  } catch (error) {
    if (!unwritable.has(errorCode(error))) throw error
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** A folder that is read-only, of another user or missing, one in the place of the file, and a disk that is full. */
const unwritable: ReadonlySet<string> = new Set([
  'EROFS',
  'EACCES',
  'EPERM',
  'ENOENT',
  'ENOTDIR',
  'EISDIR',
  'ENOSPC',
  'EDQUOT',
])

/** Keeps a text for the next time, whole or not at all; false where nothing can be written, which costs time alone. */
export function keep(path: string, text: string): boolean {
  const draft = `${path}.${process.pid}`
  try {
    mkdirSync(dirname(path), { recursive: true })
    // A module is run: a umask of 002 must not let a group write to it.
    writeFileSync(draft, text, { mode: 0o644 })
    renameSync(draft, path)
    return true
  } catch (error) {
    if (!unwritable.has(errorCode(error))) throw error
    if (errorCode(error) === 'EISDIR') rmSync(draft, { force: true })
    return false
  }
}
