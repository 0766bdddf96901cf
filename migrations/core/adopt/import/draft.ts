import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Environment } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import { isNewId, isNewLabel, writeNewFile } from '../../revisions/index.ts'
import type { ImportedHistory, ImportedRevision } from '../history.ts'
import { draftFolder } from './draft-folder.ts'
import type { LineOfRevision } from './lines.ts'
import { revisionText } from './render.ts'

/** Revision files in a folder of their own, until they are proved. */
export interface Draft {
  /** The environment with the drafts as revisions of its lines. */
  readonly env: Environment
  readonly files: readonly DraftFile[]
  /** Writes the files where they belong. @throws MigError `file-exists`, `cannot-write`; then none is there. */
  place(): readonly string[]
  discard(): void
}

interface DraftFile {
  readonly draft: string
  /** Where it will be. */
  readonly path: string
}

/**
 * Writes an imported history as revision files below `.mig/`.
 * @throws MigError `file-exists` when one of them is there already, `invalid-name` for an id or a label that could not
 *   be typed for a new revision.
 */
export async function draftHistory(
  history: ImportedHistory,
  lines: LineOfRevision,
  env: Environment,
): Promise<Draft> {
  for (const revision of history.revisions) checkNames(revision)
  const { path: folder, discard } = await draftFolder(env)
  try {
    const files = history.revisions.map((revision): DraftFile => {
      const key = lines.get(revision.revision) ?? ''
      const home = homeOf(env, key)
      const { name, text } = revisionText(revision, env, home)
      const draft = join(folder, key, name)
      mkdirSync(join(folder, key), { recursive: true })
      writeFileSync(draft, text)
      return { draft, path: join(home, name) }
    })
    checkFree(files, env)
    const draftLines = env.lines.map((line) => ({
      ...line,
      locations: [...line.locations, join(folder, line.key)],
    }))
    return {
      env: { ...env, lines: draftLines },
      files,
      discard,
      place() {
        checkFree(files, env)
        placeAll(files)
        discard()
        return files.map(({ path }) => relative(env.root, path))
      },
    }
  } catch (error) {
    discard()
    throw error
  }
}

/** An id becomes part of a file name: what `--rev-id` and `--label` refuse, an import refuses too. */
function checkNames({ revision, branchLabels, source }: ImportedRevision): void {
  const label = branchLabels.find((each) => !isNewLabel(each))
  if (isNewId(revision) && label === undefined) return
  const what = isNewId(revision) ? `branch label ${JSON.stringify(label)}` : `id ${JSON.stringify(revision)}`
  throw new MigError(
    'invalid-name',
    `${source} has the ${what}, which cannot be used here; nothing was written`,
    {
      help: 'an id has letters, digits, underscores and dots, a label no space, @, + and :; change it in that file and wherever it is named, then import again',
      place: { file: source },
    },
  )
}

/** Writes all files, or none. */
function placeAll(files: readonly DraftFile[]): void {
  const placed: string[] = []
  try {
    for (const { draft, path } of files) {
      writeNewFile(path, readFileSync(draft, 'utf8'))
      placed.push(path)
    }
  } catch (error) {
    for (const path of placed) rmSync(path)
    throw error
  }
}

function homeOf(env: Environment, key: string): string {
  const home = env.lines.find((line) => line.key === key)?.locations[0]
  if (home === undefined) throw new Error(`line ${key} has no folder`)
  return home
}

function checkFree(files: readonly DraftFile[], env: Environment): void {
  const taken = files.find(({ path }) => existsSync(path))
  if (taken === undefined) return
  throw new MigError(
    'file-exists',
    `${relative(env.root, taken.path)} is there already; nothing was written`,
    {
      help: 'an import never overwrites: was this history imported before? see just mig-history',
      place: { file: taken.path },
    },
  )
}
