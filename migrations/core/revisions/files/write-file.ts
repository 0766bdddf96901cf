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
  place(path, text, (draft) => linkSync(draft, path))
}

/**
 * Gives a file another text, whole or not at all; its permissions stay.
 * @throws MigError `cannot-write`
 */
export function replaceFile(path: string, text: string): void {
  place(path, text, (draft) => {
    chmodSync(draft, statSync(path).mode)
    renameSync(draft, path)
  })
}

/** Writes a text to a file beside `path` of a name that nobody can foresee, which `put` then gives its place. */
function place(path: string, text: string, put: (draft: string) => void): void {
  const draft = join(dirname(path), `.${randomBytes(8).toString('hex')}.tmp`)
  try {
    mkdirSync(dirname(path), { recursive: true })
    try {
      writeSynced(draft, text)
      put(draft)
    } finally {
      rmSync(draft, { force: true })
    }
  } catch (error) {
    throw cannotWrite(path, error)
  }
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
