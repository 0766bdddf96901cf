import { MigError } from '../../errors.ts'
import {
  blockCommentLines,
  type HeaderComment,
  headerComment,
  type LossField,
  oneLineMessage,
} from './header-comment.ts'
import { type AnnouncedLosses, type Loss, parseLoss } from './losses.ts'
import type { RevisionFile, RevisionSpec } from './spec.ts'
import { sqlHeader } from './sql-sections.ts'
import { type TypeScriptHeader, typeScriptHeader } from './typescript-header.ts'

/** What the header of a revision file says. */
export type FileHeader = RevisionSpec & Pick<RevisionFile, 'message'>

/** A header as parsed, not checked yet; `complete` when reading more of the file cannot change it. */
export type ParsedHeader =
  | { readonly format: 'ts'; readonly complete: boolean; readonly header: TypeScriptHeader }
  | { readonly format: 'sql'; readonly complete: boolean; readonly header: HeaderComment }

export function parseHeader(text: string, format: 'ts' | 'sql'): ParsedHeader {
  if (format === 'sql') {
    const header = sqlHeader(text)
    return { format, complete: header.complete, header }
  }
  const header = typeScriptHeader(text)
  return { format, complete: 'values' in header && header.complete, header }
}

/** @throws MigError `metadata-not-literal`, `unreadable-revision`, `missing-metadata`, `unreadable-loss`, with file and line */
export function checkedHeader(parsed: ParsedHeader, file: string): FileHeader {
  return parsed.format === 'sql'
    ? sqlFileHeader(parsed.header, file)
    : typeScriptFileHeader(parsed.header, file)
}

function typeScriptFileHeader(header: TypeScriptHeader, file: string): FileHeader {
  if ('problem' in header) {
    const help =
      header.code === 'metadata-not-literal'
        ? "write it as a plain literal, such as 'abc', ['abc'] or null: it is read without running the file"
        : 'fix the file; only its top, down to the first function, is read'
    throw headerError(header.code, { file, line: header.line }, header.problem, help)
  }
  const { value: revision, line = 1 } = header.values.get('revision') ?? {}
  if (revision === undefined) throw missing(file, 'export const revision', header.values.size === 0)
  if (typeof revision !== 'string') {
    const help = "write export const revision = '…'"
    throw headerError('metadata-not-literal', { file, line }, 'revision is not a string', help)
  }
  const down = header.values.get('downRevision')
  if (down === undefined) throw missing(file, 'export const downRevision', false)
  const comment = headerComment(
    header.comment === undefined ? [] : blockCommentLines(header.comment),
    header.commentLine,
  )
  return {
    revision,
    downRevision: Array.isArray(down.value) && down.value.length === 0 ? null : down.value,
    dependsOn: header.values.get('dependsOn')?.value ?? [],
    branchLabels: header.values.get('branchLabels')?.value ?? [],
    message: comment.message,
    ...lossesOf([...comment.losses, ...header.losses], file),
    ...(comment.imported ? { imported: true } : {}),
    createdAt: comment.fields.get('created')?.value,
    ...reasonOf(header.values.get('irreversible'), file),
  }
}

function sqlFileHeader({ message, fields, losses, imported }: HeaderComment, file: string): FileHeader {
  const listOf = (name: string): readonly string[] =>
    (fields.get(name)?.value ?? '').split(/[\s,]+/).filter(Boolean)
  const [revision, ...others] = listOf('revision')
  if (revision === undefined) throw missing(file, '-- Revision: in its header', fields.size === 0)
  if (others.length > 0) {
    const line = fields.get('revision')?.line ?? 1
    const help = 'write one id, as in -- Revision: 3f2a9c41b7d0'
    throw headerError('metadata-not-literal', { file, line }, 'Revision: has more than one id', help)
  }
  if (!fields.has('revises')) throw missing(file, '-- Revises: in its header', false)
  const parents = listOf('revises').filter((name) => name !== 'base' && name !== '-')
  return {
    revision,
    downRevision: parents.length > 1 ? parents : (parents[0] ?? null),
    dependsOn: listOf('depends on'),
    branchLabels: listOf('labels'),
    message,
    ...lossesOf(losses, file),
    ...(imported ? { imported } : {}),
    createdAt: fields.get('created')?.value,
    ...reasonOf(fields.get('irreversible'), file),
  }
}

function lossesOf(fields: readonly LossField[], file: string): { readonly losses?: AnnouncedLosses } {
  if (fields.length === 0) return {}
  const losses: Readonly<Record<LossField['side'], Loss[]>> = { upgrade: [], downgrade: [] }
  for (const { side, value, line } of fields) {
    const loss = parseLoss(value)
    if (loss === undefined) throw unreadableLoss(side, value, file, line)
    losses[side].push(loss)
  }
  return { losses }
}

function unreadableLoss(side: LossField['side'], value: string, file: string, line: number): MigError {
  const what = value === '' ? 'does not say what' : `does not name something that can be lost: ${value}`
  const field = side === 'upgrade' ? 'Upgrade loses:' : 'Downgrade loses:'
  const help = `write one of these: ${field} table app.t, column app.t.c, rows of table app.t, values of column app.t.c (why)`
  return headerError('unreadable-loss', { file, line }, `${field} ${what}`, help)
}

/** Whoever stands before a downgrade that is refused reads the reason; one must be there. */
function reasonOf(
  field: { readonly value: string | readonly string[] | null; readonly line: number } | undefined,
  file: string,
): { readonly irreversible?: string } {
  const { value = null, line = 1 } = field ?? {}
  if (value === null) return {}
  if (typeof value === 'string' && value.trim() !== '') return { irreversible: oneLineMessage(value) }
  const help =
    "write why, as in export const irreversible = 'the old values are gone', or -- Irreversible: … in SQL"
  throw headerError('metadata-not-literal', { file, line }, 'irreversible gives no reason', help)
}

function headerError(
  code: string,
  { file, line }: { readonly file: string; readonly line: number },
  problem: string,
  help: string,
): MigError {
  return new MigError(code, `${file}:${line}: ${problem}`, { help, place: { file, line } })
}

function missing(file: string, what: string, isBare: boolean): MigError {
  return new MigError('missing-metadata', `${file} has no ${what}`, {
    help: isBare
      ? 'if it is a revision, add a header as just mig-revision writes it; if not, move it out of versions/'
      : 'add it; a first revision has the downRevision null',
    place: { file },
  })
}
