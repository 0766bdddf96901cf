import type { RevisionFile } from '../../revisions/index.ts'
import { fileChecksum } from '../project.ts'
import { loadRevision, loadRevisions, type RevisionBody } from './revision-body.ts'

/** The revision files of one run: each is read and imported once, however many target schemas it is applied to. */
export interface RevisionSource {
  /** SHA-256 of the file, hex. */
  checksum(file: RevisionFile): string
  /** @throws MigError as `loadRevision` does */
  load(file: RevisionFile): Promise<RevisionBody>
  /** Begins to load what will be needed soon, all together; an error is told by `load`. */
  prepare(files: readonly RevisionFile[]): void
}

/** @param cacheDir where compiled files are kept */
export function revisionSource(cacheDir: string): RevisionSource {
  const checksums = new Map<string, string>()
  const bodies = new Map<string, Promise<RevisionBody>>()
  const checksum = (file: RevisionFile) => {
    const known = checksums.get(file.path) ?? fileChecksum(file.path)
    checksums.set(file.path, known)
    return known
  }
  const keep = (file: RevisionFile, loading: Promise<RevisionBody>) => {
    const body = loading.then((loaded) => {
      // Of the text that runs, also where somebody edits the file before its turn.
      checksum(file)
      return loaded
    })
    bodies.set(file.path, body)
    return body
  }
  return {
    checksum,
    load: (file) => bodies.get(file.path) ?? keep(file, loadRevision(file, cacheDir)),
    prepare(files) {
      const unknown = files.filter(({ path }) => !bodies.has(path))
      const loading = loadRevisions(unknown, cacheDir)
      for (const file of unknown) {
        const body = loading.get(file.path)
        if (body !== undefined) keep(file, body).catch(() => undefined)
      }
    },
  }
}
