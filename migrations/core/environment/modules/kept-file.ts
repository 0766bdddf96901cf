import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { errorCode } from '../../errors.ts'

/** The text of a kept file; undefined where there is none. */
export function readKept(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return undefined
    throw error
  }
}

/** A folder that is read-only, of another user or missing, and a disk that is full. */
const unwritable: ReadonlySet<string> = new Set([
  'EROFS',
  'EACCES',
  'EPERM',
  'ENOENT',
  'ENOTDIR',
  'ENOSPC',
  'EDQUOT',
])

/** Keeps a text for the next time, whole or not at all; false where nothing can be written, which costs time alone. */
export function keep(path: string, text: string): boolean {
  try {
    mkdirSync(dirname(path), { recursive: true })
    const draft = `${path}.${process.pid}`
    // A module is run: a umask of 002 must not let a group write to it.
    writeFileSync(draft, text, { mode: 0o644 })
    renameSync(draft, path)
    return true
  } catch (error) {
    if (!unwritable.has(errorCode(error))) throw error
    return false
  }
}
