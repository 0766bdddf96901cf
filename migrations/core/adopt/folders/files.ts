import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { MigError } from '../../errors.ts'
import { type ChainItem, chainId, revisionChain, timeOfDigits } from '../chain.ts'
import type { ImportedHistory } from '../history.ts'
import { compareVersions, type LedgerMigration, type LedgerQuery } from '../import/ledgers.ts'
import { filesBelow, readInside } from '../project-files.ts'
import { sqlBody } from '../sql-body.ts'

/** A migration as a tool's files have it. */
export interface FileMigration extends Pick<ChainItem, 'name' | 'message' | 'createdAt'> {
  /** By which its order and its ledger go, such as `1.2`; without one the name tells. */
  readonly version?: string | undefined
  readonly file: string
  readonly down?: string | undefined
}

/** A tool whose migrations are SQL files, which are read. */
export interface FolderTool {
  readonly name: string
  /** What shows that a folder has its history, and how many levels above the file that is. Files of one form may be of several tools: the most used one is told. */
  readonly sign?: readonly [file: RegExp, up: number]
  /** An upgrade, for who has given another folder. */
  readonly example: string
  /** Where the folder is as a rule, below that of the project. */
  readonly usual: readonly string[]
  readonly files: (folder: string, show: (path: string) => string) => readonly FileMigration[]
  /** What is not SQL in a file, since the tool fills it in. */
  readonly unfilled?: RegExp
  readonly ledger: LedgerQuery
}

/** How a tool names its files, as paths below their folder with `/` between. */
export interface Layout {
  /** An upgrade, with groups `name`, `words` and `version`. */
  readonly up: RegExp
  /** A downgrade, with the `version` of its upgrade. */
  readonly down?: RegExp
}

/**
 * Reads the migrations of a tool below a folder, or below that which is usual in it.
 * @throws MigError `no-migrations`; `same-number` for two of one version; `template-file` for what the program that
 *   runs it fills in; `outside-folder` for a link elsewhere; `not-a-file`; `other-database`
 */
export function readFolder(
  tool: FolderTool,
  given: string,
  show: (path: string) => string,
): { readonly history: ImportedHistory; readonly migrations: readonly LedgerMigration[] } {
  const { name, usual, example } = tool
  const folders = [given, ...usual.map((each) => join(given, each))]
  const found = folders.map((folder) => ({
    folder,
    files: existsSync(folder) ? tool.files(folder, show) : [],
  }))
  const { folder, files } = found.find((each) => each.files.length > 0) ?? { folder: given, files: [] }
  if (files.length === 0) {
    throw new MigError('no-migrations', `${show(given)} has no ${example}`, {
      help: `give the folder that ${name} reads: just mig-import ${name} ${usual.at(-1)}`,
      place: { file: given },
    })
  }
  const textOf = (file: string) => plainText(tool, file, readInside(folder, file), show)
  const read = files.map((each) => ({ ...each, text: textOf(each.file) }))
  const items = read.map(({ file, down, text, ...each }) => ({
    ...{ ...each, source: show(file), upgrade: sqlBody(withoutBreakpoints(text)) },
    ...(down === undefined ? {} : { downgrade: sqlBody(textOf(down)) }),
  }))
  const migrations = read.map(({ name: own, version, text }) => ({
    ...{ revision: chainId(name, own), name: own, version },
    hash: createHash('sha256').update(text).digest('hex'),
  }))
  return { history: { tool: name, revisions: revisionChain(name, items) }, migrations }
}

/** The migrations of a folder by the names of its files, in their order. @throws MigError `same-number` */
export function namedFiles(
  { up, down }: Layout,
  folder: string,
  show: (path: string) => string,
): readonly FileMigration[] {
  const names = filesBelow(folder, /^(node_modules|\..*)$/)
  const downs = new Map(
    names.flatMap((file) => {
      const version = down?.exec(file)?.groups?.version
      return version === undefined ? [] : [[version, join(folder, file)] as const]
    }),
  )
  const found = names.flatMap((file): readonly FileMigration[] => {
    const { name, words = '', version } = up.exec(file)?.groups ?? {}
    if (name === undefined) return []
    const digits = (version ?? /^\d+/.exec(name)?.[0] ?? '').replaceAll(/\D/g, '').slice(0, 14)
    return [
      {
        ...{ name, message: words.replaceAll('_', ' '), createdAt: timeOfDigits(digits) },
        ...{ file: join(folder, file), down: downs.get(version ?? '') },
        version: version?.replaceAll('_', '.').replaceAll('-', ''),
      },
    ]
  })
  const sorted = found.toSorted(inOrder)
  const twice = sorted.find((each, at) => {
    const before = sorted[at - 1]
    return before?.version !== undefined && each.version !== undefined && inOrder(before, each) === 0
  })
  if (twice === undefined) return sorted
  throw new MigError('same-number', `${show(twice.file)} has the same number as another file`, {
    help: 'give one of them another number, then import again',
    place: { file: twice.file },
  })
}

/** Those without a version come last, by their names. */
function inOrder(one: FileMigration, other: FileMigration): number {
  if (one.version !== undefined && other.version !== undefined)
    return compareVersions(one.version, other.version)
  if (one.version === other.version) return one.name < other.name ? -1 : 1
  return one.version === undefined ? 1 : -1
}

function plainText(
  { unfilled }: FolderTool,
  file: string,
  text: string,
  show: (path: string) => string,
): string {
  const found = unfilled?.exec(text)?.[0]
  if (found === undefined) return text
  throw new MigError(
    'template-file',
    `${show(file)} is a template: ${found} is a placeholder of the program that runs it`,
    {
      help: 'import the files with their final SQL; or start from the live database: npx just-mig init',
      place: { file },
    },
  )
}

/** A breakpoint of drizzle-kit ends a statement, which may lack its semicolon. */
function withoutBreakpoints(text: string): string {
  const parts = text.split('--> statement-breakpoint').map((part) => part.trim())
  if (parts.length === 1) return text
  return parts.flatMap((part) => (part === '' || part.endsWith(';') ? part : `${part}\n;`)).join('\n\n')
}

/** The error of migrations for another database. */
export function otherDatabase(file: string, database: string): MigError {
  return new MigError('other-database', `${file} is for ${database}, not PostgreSQL`, {
    help: 'only PostgreSQL migrations can be imported',
    place: { file },
  })
}
