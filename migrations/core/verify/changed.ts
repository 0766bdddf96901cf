import { realpathSync } from 'node:fs'
import { basename, relative } from 'node:path'
import type { RevisionFile } from '../revisions/index.ts'
import { fileChecksum, type Project, textChecksum } from '../runner/index.ts'
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
    if (change === 'added' || !/(?<!\.test)\.(?:ts|sql)$/.test(path)) continue
    const checksum = textChecksum(await changes.textAtBase(path))
    if (present.has(checksum)) moved.add(checksum)
    else {
      const now =
        byPath.get(path) ?? [...files.values()].find(({ revision }) => basename(path).includes(revision))
      found.push(refusal({ root: env.root, path, change, base: changes.base, now }))
    }
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

interface Refused {
  readonly root: string
  /** Of the file as the base has it. */
  readonly path: string
  readonly change: 'edited' | 'removed'
  readonly base: string
  /** The file that has the revision now. */
  readonly now: RevisionFile | undefined
}

function refusal({ root, path, change, base, now }: Refused): Found {
  const isRenamed = change === 'removed' && now !== undefined
  const what = isRenamed ? `became ${basename(now.path)} and was edited` : `was ${change}`
  return {
    status: 'failed',
    ...(now === undefined ? {} : { revision: now.revision }),
    message: `${basename(path)} is in ${base} and ${what}; a revision that others may have applied must not change`,
    help: `restore it (git checkout ${base} -- ${relative(root, path)}), and write a new revision for the change`,
    place: { file: isRenamed ? now.path : path },
  }
}
