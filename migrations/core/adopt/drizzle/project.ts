import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { MigError } from '../../errors.ts'
import { readSource } from '../../source-file.ts'
import { type ChainItem, chainId, revisionChain, timeOfDigits } from '../chain.ts'
import type { ImportedHistory } from '../history.ts'
import { checkInside } from '../inside.ts'
import { sqlBody } from '../sql-body.ts'

/** One migration of drizzle-kit, and how its ledger knows it. */
export interface DrizzleMigration {
  readonly revision: string
  readonly name: string
  /** SHA-256 of the file, hex. */
  readonly hash: string
  /** Milliseconds: `created_at` in the ledger. */
  readonly when: number
}

export interface DrizzleProject {
  readonly history: ImportedHistory
  readonly migrations: readonly DrizzleMigration[]
}

interface Entry {
  readonly name: string
  readonly file: string
  readonly when: number
}

/**
 * Reads drizzle-kit's migrations: `meta/_journal.json` with `NNNN_name.sql` files, or, from drizzle-kit 1.0 on, one
 * folder each with `migration.sql`.
 * @throws MigError `no-drizzle-project`, `drizzle-dialect` for another database, `drizzle-file` for a missing file,
 *   `outside-folder` for one that stands elsewhere.
 */
export function readDrizzleProject(folder: string, show: (path: string) => string): DrizzleProject {
  const journal = join(folder, 'meta', '_journal.json')
  const entries = existsSync(journal) ? journalEntries(folder, journal) : folderEntries(folder)
  if (entries.length === 0) {
    throw new MigError(
      'no-drizzle-project',
      `${show(folder)} has neither meta/_journal.json nor folders with migration.sql`,
      {
        help: 'give the folder that drizzle.config.ts names as out: just mig-import drizzle DIR',
        place: { file: folder },
      },
    )
  }
  const read = entries.map((entry) => {
    checkInside(folder, entry.file, existsSync(journal) ? journal : entry.file)
    if (!existsSync(entry.file)) {
      throw new MigError('drizzle-file', `the journal names ${show(entry.file)}, which is not there`, {
        help: 'restore the file from version control, then import again',
        place: { file: journal },
      })
    }
    return { ...entry, text: readSource(entry.file) }
  })
  const items = read.map(
    ({ name, file, when, text }): ChainItem => ({
      name,
      message: name.replace(/^\d+_/, '').replaceAll('_', ' '),
      createdAt: `${new Date(when).toISOString().slice(0, 19)}Z`,
      source: show(file),
      upgrade: sqlBody(withoutBreakpoints(text)),
    }),
  )
  const migrations = read.map(({ name, when, text }) => ({
    revision: chainId('drizzle', name),
    name,
    hash: createHash('sha256').update(text).digest('hex'),
    when,
  }))
  return { history: { tool: 'drizzle', revisions: revisionChain('drizzle', items) }, migrations }
}

/** A breakpoint ends a statement, which may lack its semicolon. */
function withoutBreakpoints(text: string): string {
  return text
    .split('--> statement-breakpoint')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => (part.endsWith(';') ? part : `${part}\n;`))
    .join('\n\n')
}

function journalEntries(folder: string, journal: string): readonly Entry[] {
  const read = parseJournal(journal)
  if (read.dialect !== 'postgresql' && read.dialect !== 'pg') {
    throw new MigError('drizzle-dialect', `${journal} is for ${String(read.dialect)}, not PostgreSQL`, {
      help: 'only PostgreSQL migrations can be imported',
      place: { file: journal },
    })
  }
  return [...read.entries]
    .sort((a, b) => a.idx - b.idx)
    .map(({ tag, when }) => ({ name: tag, file: join(folder, `${tag}.sql`), when }))
}

interface Journal {
  readonly dialect: unknown
  readonly entries: readonly { readonly idx: number; readonly tag: string; readonly when: number }[]
}

function parseJournal(file: string): Journal {
  const text = readSource(file)
  try {
    const value = JSON.parse(text) as Partial<Journal> | null
    const entries: unknown = value?.entries ?? []
    if (Array.isArray(entries) && entries.every(isEntry)) return { dialect: value?.dialect, entries }
  } catch (cause) {
    throw new MigError('no-drizzle-project', `${file} cannot be read as JSON`, {
      help: `restore it from git, or check it: npx drizzle-kit check`,
      place: { file },
      cause,
    })
  }
  throw new MigError('no-drizzle-project', `${file} has an entry without tag and when`, {
    help: 'restore it from git: drizzle-kit generate writes both for each migration',
    place: { file },
  })
}

function isEntry(entry: unknown): entry is Journal['entries'][number] {
  if (typeof entry !== 'object' || entry === null) return false
  const { idx, tag, when } = entry as Readonly<Record<string, unknown>>
  const isTime = typeof when === 'number' && !Number.isNaN(new Date(when).getTime())
  return typeof idx === 'number' && typeof tag === 'string' && isTime
}

function folderEntries(folder: string): readonly Entry[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'migration.sql')))
    .map((entry) => entry.name)
    .sort()
    .flatMap((name) => {
      const time = timeOfDigits(/^\d{14}(?=_|$)/.exec(name)?.[0] ?? '')
      return time === undefined
        ? []
        : [{ name, file: join(folder, name, 'migration.sql'), when: Date.parse(time) }]
    })
}
