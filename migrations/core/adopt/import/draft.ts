import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Environment } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import type { ImportedHistory } from '../history.ts'
import { draftFolder } from './draft-folder.ts'
import type { LineOfRevision } from './lines.ts'
import { revisionText } from './render.ts'

/** Revision files in a folder of their own, until they are proved. */
export interface Draft {
  /** The environment with the drafts as revisions of its lines. */
  readonly env: Environment
  readonly files: readonly DraftFile[]
  /** Moves the files to where they belong. @throws MigError `file-exists`, before anything is moved. */
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
 * @throws MigError `file-exists` when one of them is there already.
 */
export function draftHistory(history: ImportedHistory, lines: LineOfRevision, env: Environment): Draft {
  const { path: folder, discard } = draftFolder(env.root)
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
        for (const { draft, path } of files) {
          mkdirSync(join(path, '..'), { recursive: true })
          renameSync(draft, path)
        }
        discard()
        return files.map(({ path }) => relative(env.root, path))
      },
    }
  } catch (error) {
    discard()
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
