import { MigError } from '../errors.ts'
import { quoteIdent, quoteLiteral } from '../postgres/sql/quote.ts'
import type { Statement } from './contract.ts'

/** A value inside an `SqlText`: bound online, a literal in a script. */
interface BoundValue {
  /** As PostgreSQL reads it: text, or null. */
  readonly bound: string | null
}

/** SQL with its bound values, made by `op.sql`, `op.ident` and `op.literal`. */
export class SqlText {
  readonly parts: readonly (string | BoundValue)[]

  constructor(parts: readonly (string | BoundValue)[]) {
    this.parts = parts
  }
}

/**
 * A value as text that PostgreSQL reads into whatever type stands at its place.
 *
 * Online and offline both go through here, so that a script stores what a run stores: a Date is ISO 8601 in UTC
 * (the driver would use the local zone of the machine), an array is an array literal, another object is JSON.
 * Throws MIG-undefined-value for `undefined`, which is a misspelt property more often than a wanted NULL.
 */
export function valueText(value: unknown): string | null {
  if (value === null) return null
  if (value === undefined || typeof value === 'function' || typeof value === 'symbol') {
    throw new MigError('undefined-value', `a value bound into SQL is ${typeof value}`, {
      help: 'give null for NULL, or check the name of the property that the value comes from',
    })
  }
  if (value instanceof Date) return value.toISOString()
  if (ArrayBuffer.isView(value)) {
    return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`
  }
  if (Array.isArray(value)) return arrayText(value)
  if (typeof value === 'object') return JSON.stringify(value)
  return String(value)
}

// PostgreSQL manual 8.15.6, "Array Input and Output Syntax".
function arrayText(values: readonly unknown[]): string {
  const elements = values.map((value) => {
    if (Array.isArray(value)) return arrayText(value)
    const text = valueText(value)
    return text === null ? 'NULL' : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  })
  return `{${elements.join(',')}}`
}

/** An identifier, quoted where it must be; several are joined with dots: `ident('app', 'user')` is `app."user"`. */
export function ident(...names: readonly [string, ...string[]]): SqlText {
  return new SqlText([names.map(quoteIdent).join('.')])
}

/** A value as a literal in the text itself, for places that take no parameter: DDL, COMMENT, DEFAULT. */
export function literal(value: unknown): SqlText {
  return new SqlText([literalText(value)])
}

export function literalText(value: unknown): string {
  const text = valueText(value)
  if (text === null) return 'NULL'
  const plain =
    typeof value === 'boolean' ||
    typeof value === 'bigint' ||
    (typeof value === 'number' && Number.isFinite(value))
  return plain ? text : quoteLiteral(text)
}

/**
 * A tagged template whose values become bind parameters; another `SqlText` inside it becomes part of the text.
 *
 * Throws MIG-value-as-name for a value right before a dot, where SQL can only have a name.
 */
export function sql(texts: TemplateStringsArray, ...values: readonly unknown[]): SqlText {
  const parts: (string | BoundValue)[] = []
  texts.forEach((text, index) => {
    parts.push(text)
    if (index >= values.length) return
    const value = values[index]
    if (value instanceof SqlText) {
      parts.push(...value.parts)
      return
    }
    if (texts[index + 1]?.startsWith('.')) {
      throw new MigError(
        'value-as-name',
        `op.sql was given ${JSON.stringify(value)} as a value where SQL needs a name`,
        {
          help: 'write a name as ${op.ident(name)}, a table of the target schema as ${op.ident(op.schemaName, name)}',
        },
      )
    }
    parts.push({ bound: valueText(value) })
  })
  return new SqlText(parts)
}

/** The statement of an `SqlText`: `$1`, `$2` … with their values, or `inline`, with literals in their places. */
export function statementOf(text: SqlText, inline: boolean): Statement {
  if (inline) return { sql: text.parts.reduce(appendLiteral, '') }
  const values: (string | null)[] = []
  const rendered = text.parts.map((part) => {
    if (typeof part === 'string') return part
    values.push(part.bound)
    return `$${values.length}`
  })
  return values.length === 0 ? { sql: rendered.join('') } : { sql: rendered.join(''), values }
}

/**
 * A quoted literal has the same unknown type as a parameter, so both resolve to the type of their place. The spaces
 * keep it from growing together with its neighbours, as `LIKE` and `E'…'` or two quotes would.
 */
function appendLiteral(before: string, part: string | BoundValue): string {
  if (typeof part === 'string')
    return /'$/.test(before) && /^['"\w]/.test(part) ? `${before} ${part}` : before + part
  const literal = part.bound === null ? 'NULL' : quoteLiteral(part.bound)
  return /(^|[\s(,[])$/.test(before) ? before + literal : `${before} ${literal}`
}
