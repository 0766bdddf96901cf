import { readFileSync, type Stats, statSync } from 'node:fs'
import { MigError } from './errors.ts'

/** More than anybody has written; a text of 512 MB cannot be held (Node, `buffer.constants.MAX_STRING_LENGTH`). */
const largest = 128 * 1024 * 1024

/** The text of a file that somebody wrote: a revision, a model, a migration of another tool. @throws as `checkSource` */
export function readSource(path: string): string {
  checkSource(path)
  return readFileSync(path, 'utf8')
}

/**
 * Refuses what is not a file to read whole: reading a FIFO or a device may never end.
 * @throws MigError `not-a-file`
 */
export function checkSource(path: string, stat: Stats = statSync(path)): void {
  const what = stat.isFile() ? sizeOf(stat) : kindOf(stat)
  if (what === undefined) return
  throw new MigError('not-a-file', `${path} ${what}`, {
    help: 'only ordinary files of at most 128 MB are read; remove it, or name another',
    place: { file: path },
  })
}

function sizeOf({ size }: Stats): string | undefined {
  return size > largest ? `has ${Math.round(size / 1024 / 1024)} MB` : undefined
}

function kindOf(stat: Stats): string {
  if (stat.isDirectory()) return 'is a folder'
  if (stat.isFIFO()) return 'is a FIFO'
  return stat.isSocket() ? 'is a socket' : 'is a device'
}
