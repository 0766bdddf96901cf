import { MigError } from '../../errors.ts'
import { checkedHeader, parseHeader } from './header.ts'
import { blockCommentLines, type HeaderComment, headerComment, inBlockComment } from './header-comment.ts'
import { lossLine, type SideLoss, withoutLossLines } from './losses.ts'
import { readSqlRevision, sqlHeader } from './sql-sections.ts'
import { typeScriptHeader } from './typescript-header.ts'

/** Where lines may be added to a header: below a line of the file, 1-based, and what each begins with. */
interface Place {
  readonly below: number
  readonly prefix: '-- ' | '// ' | ' * '
}

/**
 * A revision's text with lines in its header that announce losses: below those and the fields that it has, else above its
 * constants or its first section. Nothing else changes, so that the checksum stays.
 * @returns undefined where the header has no place for them
 * @throws MigError `metadata-not-literal`, `unreadable-revision`, `missing-metadata`, `unreadable-loss`, `sql-sections`
 */
export function withLosses(
  text: string,
  format: 'ts' | 'sql',
  losses: readonly SideLoss[],
): string | undefined {
  const wanted = reading(text, format, losses)
  for (const place of format === 'sql' ? sqlPlaces(text) : typeScriptPlaces(text)) {
    const added = withLines(text, place, losses)
    // A line may end up outside the comment, or be taken for the message: then the next place is tried.
    if (withoutLossLines(added) === withoutLossLines(text) && readingOf(added, format) === wanted)
      return added
  }
  return undefined
}

/** What is read of a file, with more losses, as a text to compare. */
function reading(text: string, format: 'ts' | 'sql', losses: readonly SideLoss[]): string {
  const { losses: known, ...header } = checkedHeader(parseHeader(text, format), '')
  const sections = format === 'sql' ? readSqlRevision(text) : undefined
  const lines = (['upgrade', 'downgrade'] as const).flatMap((side) =>
    (known?.[side] ?? []).map((loss) => lossLine(side, loss)),
  )
  const all = [...lines, ...losses.map(({ side, loss }) => lossLine(side, loss))].sort()
  return JSON.stringify([header, all, sections?.upgrade, sections?.downgrade])
}

function readingOf(text: string, format: 'ts' | 'sql'): string | undefined {
  try {
    return reading(text, format, [])
  } catch (error) {
    if (!(error instanceof MigError)) throw error
    return undefined
  }
}

function typeScriptPlaces(text: string): readonly Place[] {
  const header = typeScriptHeader(text)
  if ('problem' in header) return []
  const first = Math.min(...[...header.values.values()].map(({ line }) => line))
  const comment = headerComment(blockCommentLines(header.comment ?? ''), header.commentLine)
  return [
    { below: lastLine(comment), prefix: ' * ' },
    { below: first - 1, prefix: '// ' },
  ]
}

function sqlPlaces(text: string): readonly Place[] {
  const { upgradeLine, downgradeLine } = readSqlRevision(text)
  const section = Math.min(upgradeLine ?? Number.POSITIVE_INFINITY, downgradeLine ?? Number.POSITIVE_INFINITY)
  return [lastLine(sqlHeader(text)), section - 2].map((below) => ({ below, prefix: '-- ' }))
}

function lastLine({ fields, losses }: HeaderComment): number {
  return Math.max(0, ...[...losses, ...fields.values()].map(({ line }) => line))
}

function withLines(text: string, { below, prefix }: Place, losses: readonly SideLoss[]): string {
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  const written = losses.map(({ side, loss }) => {
    const line = lossLine(side, loss)
    return `${prefix}${prefix === ' * ' ? inBlockComment(line) : line}`
  })
  const lines = text.split('\n')
  const before = lines.slice(0, below).map((line) => `${line}\n`)
  return [...before, ...written.map((line) => `${line}${end}`), lines.slice(below).join('\n')].join('')
}
