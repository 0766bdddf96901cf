import { inBlockComment, oneLineMessage } from './header-comment.ts'
import { inSection } from './sql-sections.ts'

/** A new revision file. */
export interface RevisionFileContents {
  readonly format: 'ts' | 'sql'
  readonly revision: string
  readonly downRevision: string | readonly string[] | null
  readonly dependsOn: readonly string[]
  readonly branchLabels: readonly string[]
  readonly message: string
  readonly createdAt: Date
  /** Why nothing reverts it; the file then has no downgrade. */
  readonly irreversible?: string
  /** The lines inside the function, or the SQL of the section; default: an empty one. */
  readonly upgradeBody?: string
  readonly downgradeBody?: string
  /** Lines for the header, below the metadata. */
  readonly headerNotes?: readonly string[]
  /** Where a TypeScript revision imports `Operations` from, such as `../../core/index.ts`. */
  readonly typesImport: string
}

/** The text of a revision file. Its metadata reads back as given, whatever the message and the bodies hold. */
export function renderRevisionFile(contents: RevisionFileContents): string {
  return contents.format === 'sql' ? sqlFile(contents) : typeScriptFile(contents)
}

function typeScriptFile(contents: RevisionFileContents): string {
  const { revision, downRevision, dependsOn, branchLabels, irreversible, typesImport } = contents
  const comment = headerLines(contents).map((line) => ` * ${inBlockComment(line)}`.trimEnd())
  const up = typeScriptFunction('upgrade', contents.upgradeBody)
  const down = irreversible === undefined ? typeScriptFunction('downgrade', contents.downgradeBody) : ''
  const isTyped = takesOperations(up) || takesOperations(down)
  return `/**
${comment.join('\n')}
 */
${isTyped ? `import type { Operations } from ${quoted(typesImport)}\n\n` : ''}export const revision = ${quoted(revision)}
export const downRevision = ${metadataLiteral(downRevision)}
export const dependsOn: string[] = ${metadataLiteral(dependsOn)}
export const branchLabels: string[] = ${metadataLiteral(branchLabels)}
${irreversible === undefined ? '' : `export const irreversible = ${quoted(oneLineMessage(irreversible))}\n`}
${up}
${down === '' ? '' : `\n${down}\n`}`
}

/** What a new revision does until somebody writes what it should: nothing, in a line that shows how. */
export const lineToReplace: Readonly<Record<RevisionFileContents['format'], string>> = {
  ts: '  await op.execute(`SELECT 1`) // replace this line',
  sql: 'SELECT 1; -- replace this line',
}

const parameter = 'op: Operations'

function takesOperations(text: string): boolean {
  return text.includes(`(${parameter})`)
}

/** A function that does nothing takes nothing: compilers and linters of users' projects refuse what is unused. */
function typeScriptFunction(name: string, body = ''): string {
  const lines = body.replace(/^\n+/, '').trimEnd()
  return lines === ''
    ? `export async function ${name}(): Promise<void> {}`
    : `export async function ${name}(${parameter}): Promise<void> {\n${lines}\n}`
}

const sideName = /^\s*(?:upgrade|downgrade):?\s*$/i

function sqlFile(contents: RevisionFileContents): string {
  // Below the Revision: line a comment that is a section's mark would start it; the message stands above.
  const comment = (line: string, at: number) =>
    at > 0 && sideName.test(line) ? `-- (${line.trim()})` : `-- ${line}`
  const header = headerLines(contents).map((line, at) => comment(line, at).trimEnd())
  const section = (name: string, body = '') => {
    const sql = inSection(body.replace(/^\n+/, '').trimEnd())
    return sql === '' ? `-- ${name}\n` : `-- ${name}\n\n${sql}\n`
  }
  const { upgradeBody, downgradeBody, irreversible } = contents
  const down = irreversible === undefined ? `\n${section('downgrade', downgradeBody)}` : ''
  return `${header.join('\n')}\n\n${section('upgrade', upgradeBody)}${down}`
}

/** Whatever ends a line comment in SQL or JavaScript. */
const lineEnd = /\r\n|[\n\r\u2028\u2029]/

function headerLines(contents: RevisionFileContents): readonly string[] {
  const { downRevision, dependsOn, branchLabels, createdAt, irreversible, headerNotes = [] } = contents
  const parents = typeof downRevision === 'string' ? [downRevision] : (downRevision ?? [])
  return [
    oneLineMessage(contents.message),
    '',
    `Revision: ${contents.revision}`,
    `Revises: ${parents.length === 0 ? 'base' : parents.join(', ')}`,
    ...(dependsOn.length === 0 ? [] : [`Depends on: ${dependsOn.join(', ')}`]),
    ...(branchLabels.length === 0 ? [] : [`Labels: ${branchLabels.join(', ')}`]),
    `Created: ${createdAt.toISOString().replace(/\.\d+Z$/, 'Z')}`,
    ...(irreversible === undefined ? [] : [`Irreversible: ${oneLineMessage(irreversible)}`]),
    ...(headerNotes.length === 0 ? [] : ['', ...headerNotes.flatMap((note) => note.split(lineEnd))]),
  ]
}

function metadataLiteral(value: string | readonly string[] | null): string {
  if (value === null) return 'null'
  return typeof value === 'string' ? quoted(value) : `[${value.map(quoted).join(', ')}]`
}

function quoted(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${inner.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`
}

/**
 * A template literal whose value is the text, for SQL in a TypeScript revision: line breaks stay line breaks, and
 * backslashes, backticks and `${` are escaped. A carriage return is written as an escape, since a template
 * would turn it into a line feed (ECMAScript, "Static Semantics: TV and TRV").
 */
export function sqlTemplate(text: string): string {
  const inner = text
    .replace(/[\\`]/g, '\\$&')
    .replaceAll('${', '\\${')
    .replaceAll('\r', '\\r')
    .replace(
      /[\0-\x08\x0B\x0C\x0E-\x1F\x7F\u2028\u2029\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/g,
      escaped,
    )
    .replace(/\p{Cs}/gu, escaped)
  return `\`${inner}\``
}

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
}
