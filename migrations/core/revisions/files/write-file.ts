import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { MigError, messageOf } from '../../errors.ts'

/**
 * Writes a file that must not exist yet, whole or not at all; its folder is made when missing.
 * The text goes to a hidden file beside it, which then gets the name: link(2) refuses a name that is taken.
 * @throws MigError `file-exists`, `cannot-write`
 */
export function writeNewFile(path: string, text: string): void {
  const draft = draftOf(path)
  try {
    mkdirSync(dirname(path), { recursive: true })
    try {
      writeSynced(draft, text)
      linkSync(draft, path)
    } finally {
      rmSync(draft, { force: true })
    }
  } catch (error) {
    throw cannotWrite(path, error)
  }
}

/**
 * Gives a file another text, whole or not at all; its permissions stay.
 * @throws MigError `cannot-write`
 */
export function replaceFile(path: string, text: string): void {
  const draft = draftOf(path)
  try {
    try {
      const { mode } = statSync(path)
      writeSynced(draft, text)
      chmodSync(draft, mode)
      renameSync(draft, path)
    } finally {
      rmSync(draft, { force: true })
    }
  } catch (error) {
    throw cannotWrite(path, error)
  }
}

/** A name that nobody can foresee. */
function draftOf(path: string): string {
  return join(dirname(path), `.${randomBytes(8).toString('hex')}.tmp`)
}

function writeSynced(path: string, text: string): void {
  // Exclusively: 'w' would write through a link of that name.
  const file = openSync(path, 'wx')
  try {
    writeFileSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

function cannotWrite(path: string, cause: unknown): MigError {
  if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST' && existsSync(path)) {
    return new MigError('file-exists', `${path} exists already; it was not changed`, {
      help: 'remove it, or choose another message or --rev-id',
      place: { file: path },
      cause,
    })
  }
  const why = messageOf(cause)
  return new MigError('cannot-write', `cannot write ${path}: ${why}`, {
    help: `make ${dirname(path)} writable for this user`,
    place: { file: path },
    cause,
  })
}
