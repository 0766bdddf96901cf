import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import type { Environment } from '../../environment/index.ts'
import { type ErrorPlace, MigError } from '../../errors.ts'
import { isNewId, isNewLabel, writeNewFile } from '../../revisions/index.ts'
import type { ImportedHistory, ImportedRevision } from '../history.ts'
import { draftFolder } from './draft-folder.ts'
import type { LineOfRevision } from './lines.ts'
import { importedFile } from './render.ts'

/** Revision files in a folder of their own, until they are proved. */
export interface ImportDraft {
  /** The environment with the drafts as revisions of its lines. */
  readonly env: Environment
  readonly files: readonly DraftFile[]
  /** Writes the files where they belong. @throws MigError `file-exists`, `cannot-write`; then none is there. */
  place(): readonly string[]
  discard(): void
  /** An error about a draft, which nobody has seen, as one about what it came from. */
  atSource(error: unknown): unknown
}

interface DraftFile {
  readonly draft: string
  readonly source: string
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
): Promise<ImportDraft> {
  for (const revision of history.revisions) checkNames(revision)
  const { path: folder, discard } = await draftFolder(env)
  try {
    const files = history.revisions.map((revision): DraftFile => {
      const key = lines.get(revision.revision) ?? ''
      const { path, text } = importedFile(revision, key, env)
      const draft = join(folder, key, basename(path))
      mkdirSync(join(folder, key), { recursive: true })
      writeFileSync(draft, text)
      return { draft, source: revision.source, path }
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
      atSource: (error) => atSource(error, files, env.root),
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

function atSource(error: unknown, files: readonly DraftFile[], root: string): unknown {
  if (!(error instanceof MigError)) return error
  const { code, place, help, exitCode, facts, cause } = error
  const names = files.flatMap(({ draft, source }) =>
    [draft, relative(root, draft)].map((name) => [name, source] as const),
  )
  const message = names.reduce((text, [name, source]) => text.replaceAll(name, source), error.message)
  const file = files.find(({ draft }) => place?.file !== undefined && resolve(root, place.file) === draft)
  if (message === error.message && file === undefined) return error
  const at = file === undefined ? place : placeIn(file.source, root, place)
  const isTold = file === undefined || at?.file !== undefined
  return new MigError(code, isTold ? message : `in ${file.source}: ${message}`, {
    ...{ exitCode, facts, cause },
    help,
    place: at,
  })
}

/** Lines of a draft are not those of its source; and a migration that only its tool's ledger names has no file. */
function placeIn(source: string, root: string, { statement, position }: ErrorPlace = {}): ErrorPlace {
  return { ...(existsSync(resolve(root, source)) ? { file: source } : {}), statement, position }
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

function checkFree(files: readonly DraftFile[], env: Environment): void {
  const taken = files.find(({ path }) => existsSync(path))
  if (taken === undefined) return
  throw new MigError('file-exists', `${relative(env.root, taken.path)} exists already; nothing was written`, {
    help: 'an import never overwrites; see whether this history was imported before: just mig-history',
    place: { file: taken.path },
  })
}
