import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from '../environment/index.ts'
import {
  type RevisionFile,
  type RevisionGraph,
  readRevisionFiles,
  revisionGraph,
  withoutLossLines,
} from '../revisions/index.ts'

/** An environment with its revisions, from which plans are made. */
export interface Project {
  readonly env: Environment
  readonly graph: RevisionGraph
  /** Revision id → file. */
  readonly files: ReadonlyMap<string, RevisionFile>
}

/**
 * Reads the headers of the revision files of all lines, and builds their graph. Imports no file.
 * @throws MigError as `readRevisionFiles` and `revisionGraph` do.
 */
export function openProject(env: Environment): Project {
  const files = readRevisionFiles(
    env.lines.flatMap((line) => line.locations.map((dir) => ({ line: line.key, dir }))),
    join(env.dir, 'versions'),
    join(env.cacheDir, `heads-${createHash('sha256').update(env.dir).digest('hex').slice(0, 12)}.json`),
  )
  return { env, graph: revisionGraph(files), files: new Map(files.map((file) => [file.revision, file])) }
}

/** SHA-256 of a revision file, hex; see {@link textChecksum}. */
export function fileChecksum(path: string): string {
  return textChecksum(readFileSync(path, 'utf8'))
}

/**
 * SHA-256 of a revision's text, hex. Line ends count as LF, so that a checkout on Windows is the same file; lines that
 * announce a loss do not count, so that one may be added to a revision that is applied.
 */
export function textChecksum(text: string): string {
  return createHash('sha256').update(withoutLossLines(text)).digest('hex')
}
