import { quoteLiteral } from './quote.ts'

type Value = string | null | readonly string[]

/** A statement of the tool's own with its values apart, so that a server which is sent it again and again plans it once. */
export interface OwnStatement {
  /** The SQL before, between and after the values. */
  readonly parts: readonly string[]
  readonly values: readonly Value[]
}

/** A statement as it is written, with values, pieces of SQL and lists of these between its parts. */
export function ownSql(
  parts: TemplateStringsArray,
  ...given: readonly (Value | OwnStatement)[]
): OwnStatement {
  const texts = [parts[0] ?? '']
  const values: Value[] = []
  const append = (text = '') => texts.push(`${texts.pop() ?? ''}${text}`)
  for (const [at, each] of given.entries()) {
    if (isOwn(each)) {
      append(each.parts[0])
      texts.push(...each.parts.slice(1))
      values.push(...each.values)
    } else {
      texts.push('')
      values.push(each)
    }
    append(parts[at + 1])
  }
  return { parts: texts, values }
}

/** A piece of SQL as it stands. */
export const raw = (text: string): OwnStatement => ({ parts: [text], values: [] })

/** Pieces with commas between them. */
export function listOf(pieces: readonly (Value | OwnStatement)[]): OwnStatement {
  return pieces
    .slice(1)
    .reduce<OwnStatement>((sql, each) => ownSql`${sql}, ${each}`, ownSql`${pieces[0] ?? null}`)
}

/** The statement as one text. */
export function asText({ parts, values }: OwnStatement): string {
  return parts.reduce((sql, part, at) => `${sql}${literal(values[at - 1] ?? null)}${part}`)
}

function literal(value: Value): string {
  if (value === null) return 'NULL'
  return typeof value === 'string'
    ? quoteLiteral(value)
    : `ARRAY[${value.map(quoteLiteral).join(', ')}]::text[]`
}

/** The statement with parameters, and their values as text. */
export function asPrepared({ parts, values }: OwnStatement): {
  readonly text: string
  readonly values: readonly (string | null)[]
} {
  return {
    text: parts.reduce((sql, part, at) => `${sql}$${at}${part}`),
    values: values.map((value) => (value === null || typeof value === 'string' ? value : arrayText(value))),
  }
}

/** A text[] as PostgreSQL reads it (manual, 8.15.2). */
function arrayText(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`
}

function isOwn(given: Value | OwnStatement): given is OwnStatement {
  return given !== null && typeof given === 'object' && 'parts' in given
}
