import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { MigError } from '../../errors.ts'
import { readSource } from '../../source-file.ts'
import { checkInside } from '../project-files.ts'
import { type FileMigration, namedFiles, otherDatabase } from './files.ts'

/**
 * drizzle-kit's migrations: `meta/_journal.json` with `NNNN_name.sql` files, or, from drizzle-kit 1.0 on, one folder each
 * with `migration.sql`. Drizzle goes by time alone.
 * @throws MigError `other-database`, `bad-journal`, `drizzle-file` for a missing file, `outside-folder` for one elsewhere
 */
export function drizzleFiles(folder: string, show: (path: string) => string): readonly FileMigration[] {
  const journal = join(folder, 'meta', '_journal.json')
  if (existsSync(journal)) return journalFiles(folder, journal, show)
  const up = /^(?<name>\d{14}(?:_(?<words>[^/]*))?)\/migration\.sql$/
  return namedFiles({ up }, folder, show).flatMap((each) =>
    each.createdAt === undefined ? [] : [{ ...each, version: String(Date.parse(each.createdAt)) }],
  )
}

interface Journal {
  readonly dialect: unknown
  readonly entries: readonly { readonly idx: number; readonly tag: string; readonly when: number }[]
}

function journalFiles(
  folder: string,
  journal: string,
  show: (path: string) => string,
): readonly FileMigration[] {
  const { dialect, entries } = parsedJournal(journal)
  if (dialect !== 'postgresql' && dialect !== 'pg') throw otherDatabase(journal, String(dialect))
  return entries
    .toSorted((a, b) => a.idx - b.idx)
    .map(({ tag, when }) => {
      const file = join(folder, `${tag}.sql`)
      checkInside(folder, file, journal)
      if (!existsSync(file)) {
        throw new MigError('drizzle-file', `the journal names ${show(file)}, which is not there`, {
          help: 'restore the file from version control, then import again',
          place: { file: journal },
        })
      }
      const message = tag.replace(/^\d+_/, '').replaceAll('_', ' ')
      const createdAt = `${new Date(when).toISOString().slice(0, 19)}Z`
      return { name: tag, message, createdAt, version: String(when), file }
    })
}

function parsedJournal(file: string): Journal {
  const text = readSource(file)
  let cause: unknown
  try {
    const value = JSON.parse(text) as Partial<Journal> | null
    const entries: unknown = value?.entries ?? []
    if (Array.isArray(entries) && entries.every(isEntry)) return { dialect: value?.dialect, entries }
  } catch (error) {
    cause = error
  }
  throw new MigError('bad-journal', `${file} is not a journal: each entry has a tag and a time`, {
    help: 'restore it from git, or check it: npx drizzle-kit check',
    place: { file },
    cause,
  })
}

function isEntry(entry: unknown): entry is Journal['entries'][number] {
  if (typeof entry !== 'object' || entry === null) return false
  const { idx, tag, when } = entry as Readonly<Record<string, unknown>>
  const isTime = typeof when === 'number' && !Number.isNaN(new Date(when).getTime())
  return typeof idx === 'number' && typeof tag === 'string' && isTime
}
