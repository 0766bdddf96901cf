import { lstatSync, readFileSync } from 'node:fs'
import { MigError } from '../errors.ts'
import { lossLine, type RevisionFile, replaceFile, type SideLoss, withLosses } from '../revisions/index.ts'

/**
 * Writes losses into the header of a revision file; its checksum stays.
 * @returns undefined when they are written, else why not
 */
export function announceLosses(
  { path, format }: Pick<RevisionFile, 'path' | 'format'>,
  losses: readonly SideLoss[],
): string | undefined {
  const stat = lstatSync(path)
  // Another project may share the file that a link leads to.
  if (stat.isSymbolicLink()) return 'the file is a symbolic link'
  // The superuser may write to it, but somebody has said that nobody should.
  if ((stat.mode & 0o222) === 0) return 'the file is read-only'
  const bytes = readFileSync(path)
  const text = bytes.toString('utf8')
  if (!Buffer.from(text).equals(bytes)) return 'the file is not UTF-8'
  // Another run may have written them since the file was read.
  const lines = new Set(text.split('\n').map((line) => line.replace(/^[\s*/-]+/, '').trimEnd()))
  const added = withLosses(
    text,
    format,
    losses.filter(({ side, loss }) => !lines.has(lossLine(side, loss))),
  )
  if (added === undefined) return 'the header of the file has no comment that they can be added to'
  try {
    replaceFile(path, added)
    return undefined
  } catch (error) {
    if (!(error instanceof MigError)) throw error
    return error.message
  }
}
