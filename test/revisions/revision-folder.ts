import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'
import { MigError } from '../../migrations/core/errors.ts'
import { type RevisionFile, readRevisionFiles } from '../../migrations/core/revisions/index.ts'

/** A folder for the files of one test file, removed at its end. */
export function temporaryFolder(): string {
  const root = mkdtempSync(join(tmpdir(), 'just-mig-revisions-'))
  afterAll(() => rmSync(root, { recursive: true, force: true }))
  return root
}

/** Makes a folder below `root` with these files, whose names may have folders in them. */
export function folderWith(root: string, files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(root, 'versions-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), text)
  }
  return dir
}

/** Reads files as those of the line `user`. */
export function readAsUser(root: string, files: Readonly<Record<string, string>>): readonly RevisionFile[] {
  const dir = folderWith(
    root,
    Object.fromEntries(Object.entries(files).map(([name, text]) => [`user/${name}`, text])),
  )
  return readRevisionFiles([{ line: 'user', dir: join(dir, 'user') }], dir)
}

/** The error with which something is refused. */
export function refusal(act: () => unknown): MigError {
  try {
    act()
  } catch (error) {
    if (error instanceof MigError) return error
    throw error
  }
  throw new Error('was not refused')
}
