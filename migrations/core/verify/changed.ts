import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { basename } from 'node:path'
import { fileChecksum, type Project } from '../runner/index.ts'
import { gitChanges } from './git.ts'
import { counted, type Found } from './result.ts'

/** What is new against a git base, and what must not have changed. */
export interface Changed {
  /** Ids of the revisions that the base does not have. */
  readonly added: ReadonlySet<string>
  readonly found: readonly Found[]
}

/**
 * Compares the revision files of the filter with a git base. Only additions are allowed: an edit or a removal
 * would make the history of databases that have applied the revision a lie. A file that only moved is the same.
 * @throws MigError as `gitChanges` does
 */
export async function changedRevisions({ env, files }: Project, base: string): Promise<Changed> {
  const lines = env.lines.filter((line) => env.filter.includes(line.key))
  const folders = lines.flatMap((line) => line.locations)
  const changes = await gitChanges(env.root, base, folders)
  const byPath = new Map([...files.values()].map((file) => [realpathSync(file.path), file]))
  const present = new Set(changes.files.flatMap(({ path }) => (byPath.has(path) ? [fileChecksum(path)] : [])))
  const found: Found[] = []
  const moved = new Set<string>()
  for (const { path, change } of changes.files) {
    if (change === 'added' || !/\.(ts|sql)$/.test(path)) continue
    const checksum = textChecksum(await changes.textAtBase(path))
    if (present.has(checksum)) moved.add(checksum)
    else found.push(refusal(path, change, changes.base, byPath.get(path)?.revision))
  }
  const added = changes.files.flatMap(({ path, change }) => {
    const file = byPath.get(path)
    return change !== 'added' || file === undefined || moved.has(fileChecksum(path)) ? [] : [file.revision]
  })
  const since = `since ${changes.base} (${changes.commit.slice(0, 12)})`
  if (found.length === 0)
    found.push({ status: 'ok', message: `${counted(added.length, 'new revision')} ${since}` })
  return { added: new Set(added), found }
}

function refusal(
  path: string,
  change: 'edited' | 'removed',
  base: string,
  revision: string | undefined,
): Found {
  return {
    status: 'failed',
    ...(revision === undefined ? {} : { revision }),
    message: `${basename(path)} is in ${base} and was ${change}; a revision that others may have applied stays as it is`,
    help: `bring it back (git checkout ${base} -- FILE), and write a new revision for what must change`,
    place: { file: path },
  }
}

/** As `fileChecksum`, of a text. */
function textChecksum(text: string): string {
  return createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex')
}
