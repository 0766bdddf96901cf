import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { MigError } from '../../errors.ts'
import { type ChainItem, chainId, revisionChain, timeOfDigits } from '../chain.ts'
import type { BodyPart, ImportedHistory, ToolName } from '../history.ts'
import { readInside } from '../inside.ts'
import { sqlBody } from '../sql-body.ts'

/** How a tool names its files: each begins with a number, by which its ledger knows it. */
export interface NumberedLayout {
  readonly tool: ToolName
  /** An upgrade, as a path below the folder: its number and its words. */
  readonly up: RegExp
  /** The downgrade of an upgrade; the same path where it has none. */
  readonly down: (up: string) => string
  /** An upgrade, for who has given another folder. */
  readonly example: string
  /** Where the folder is as a rule. */
  readonly usual: string
}

/** One migration, as the ledger of its tool knows it: by its number. */
export interface NumberedMigration {
  readonly revision: string
  readonly name: string
  readonly version: bigint
}

export interface NumberedProject {
  readonly history: ImportedHistory
  readonly migrations: readonly NumberedMigration[]
}

/**
 * Reads a folder of SQL files by their numbers.
 * @throws MigError `no-numbered-files`; `same-number` for two of one number; `outside-folder` for a link elsewhere;
 *   `not-a-file`; `template-file` for what only the program fills in that runs it
 */
export function readNumberedProject(
  layout: NumberedLayout,
  folder: string,
  show: (path: string) => string,
): NumberedProject {
  const { tool } = layout
  const files = filesIn(folder)
  const found = files
    .flatMap((file) => numbered(layout, file))
    .sort((a, b) => (a.version < b.version ? -1 : 1))
  if (found.length === 0) throw noFiles(layout, folder, show)
  const twice = found.find(({ version }, at) => found[at - 1]?.version === version)
  if (twice !== undefined) throw sameNumber(join(folder, twice.file), show)
  const read = (file: string): readonly BodyPart[] => sqlBody(plainText(folder, join(folder, file), show))
  const items = found.map(({ file, name, words, digits }): ChainItem => {
    const down = layout.down(file)
    return {
      ...{ name, message: words.replaceAll('_', ' '), source: show(join(folder, file)) },
      ...{ createdAt: timeOfDigits(digits), upgrade: read(file) },
      ...(down !== file && files.includes(down) ? { downgrade: read(down) } : {}),
    }
  })
  const migrations = found.map(({ name, version }) => ({ revision: chainId(tool, name), name, version }))
  return { history: { tool, revisions: revisionChain(tool, items) }, migrations }
}

/** What Go's text/template has, and PostgreSQL's arrays do not: `{{.prefix}}`, `{{ if .postgres }}`. */
const template = /\{\{-?\s*(?:\.|(?:if|else|end|range|with|index|template|define|block)\b)[^}\n]*\}\}/

function plainText(folder: string, file: string, show: (path: string) => string): string {
  const text = readInside(folder, file)
  const found = template.exec(text)?.[0]
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

interface Numbered {
  readonly file: string
  readonly name: string
  readonly digits: string
  readonly words: string
  readonly version: bigint
}

function numbered({ up }: NumberedLayout, file: string): readonly Numbered[] {
  const [, number, words = ''] = up.exec(file) ?? []
  if (number === undefined) return []
  const digits = number.replaceAll('-', '')
  return [{ file, name: `${number}_${words}`, digits, words, version: BigInt(digits) }]
}

/** Files of the folder and of those in it, with `/` between. */
function filesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? readdirSync(join(folder, entry.name)).map((name) => `${entry.name}/${name}`)
      : [entry.name],
  )
}

function noFiles(
  { tool, example, usual }: NumberedLayout,
  folder: string,
  show: (path: string) => string,
): MigError {
  return new MigError('no-numbered-files', `${show(folder)} has no ${example}`, {
    help: `give the folder that ${tool} reads: just mig-import ${tool} ${usual}`,
    place: { file: folder },
  })
}

function sameNumber(file: string, show: (path: string) => string): MigError {
  return new MigError('same-number', `${show(file)} has the same number as another file`, {
    help: 'give one of them another number, then import again',
    place: { file },
  })
}
