import { quoteIdent, quoteLiteral } from '../../postgres/quote.ts'
import type { Value } from '../python/values.ts'
import { textOf, Unconverted, unknownValue } from './reading.ts'

const bindParameter = /(?<![:\w\\]):(\w+)(?!:)/g

/**
 * The SQL of `sa.text(…)`, or of a string where SQLAlchemy takes one as text: `\:` is a colon, and `:name` a
 * parameter, whose value must come with `.bindparams(name=value)` (SQLAlchemy, "Using Textual SQL").
 * @throws Unconverted for a parameter without a value.
 */
export function textSql(text: string, line: number, bound: ReadonlyMap<string, string> = new Map()): string {
  const filled = text.replace(bindParameter, (_, name: string) => {
    const value = bound.get(name)
    if (value === undefined) throw new Unconverted(`the parameter :${name}`, line)
    return value
  })
  return filled.replace(/\\(?=:)/g, '')
}

/**
 * The SQL of an expression in SQLAlchemy's language, as far as revision files use it: `sa.text`, `sa.func.…`,
 * `sa.column`, `sa.literal`, casts, `true()`.
 */
export function sqlOf(value: Value): string {
  if (value.kind === 'constant') return value.value === null ? 'NULL' : String(value.value)
  if (value.kind === 'number') return value.text
  if (value.kind === 'method') return methodSql(value)
  if (value.kind !== 'call') throw unknownValue(value)
  const [first, second] = value.positional
  if (value.path === 'sqlalchemy.text' && first !== undefined) return textSql(textOf(first), value.line)
  if (value.path === 'sqlalchemy.column' || value.path === 'sqlalchemy.literal_column') {
    if (first === undefined) throw unknownValue(value)
    return value.path.endsWith('literal_column') ? textOf(first) : quoteIdent(textOf(first))
  }
  if (value.path === 'sqlalchemy.literal' && first !== undefined) return literalSql(first)
  const now = currentTime(value)
  if (now !== undefined) return now
  if (value.path === 'sqlalchemy.true' || value.path === 'sqlalchemy.false') return value.path.slice(11)
  if (value.path === 'sqlalchemy.null') return 'NULL'
  if (value.path === 'sqlalchemy.desc' && first !== undefined) return `${elementSql(first)} DESC`
  if (value.path === 'sqlalchemy.asc' && first !== undefined) return `${elementSql(first)} ASC`
  if (value.path.startsWith('sqlalchemy.func.') && second === undefined)
    return functionSql(value.path, value.positional)
  if (value.path.startsWith('sqlalchemy.func.')) return functionSql(value.path, value.positional)
  throw unknownValue(value)
}

/** The time at which a revision runs: the same in all its statements, as PostgreSQL's `now()` is in a transaction. */
function currentTime({ path, positional, keywords }: Extract<Value, { kind: 'call' }>): string | undefined {
  const zone = positional[0] ?? keywords.get('tz')
  if (/^(datetime\.(datetime\.)?utcnow|oslo_utils\.timeutils\.utcnow)$/.test(path) && zone === undefined)
    return "timezone('UTC', now())"
  if (!/^datetime\.(datetime\.)?now$/.test(path)) return undefined
  if (zone === undefined) return 'LOCALTIMESTAMP'
  return zone.kind === 'path' && /^datetime\.(timezone\.utc|UTC)$/.test(zone.path) ? 'now()' : undefined
}

/** Functions that standard SQL writes without parentheses. */
const bareFunctions = new Set([
  'current_date',
  'current_time',
  'current_timestamp',
  'current_user',
  'localtime',
  'localtimestamp',
  'session_user',
  'user',
])

function functionSql(path: string, positional: readonly Value[]): string {
  const name = path.slice('sqlalchemy.func.'.length)
  if (positional.length === 0 && bareFunctions.has(name)) return name.toUpperCase()
  const parts = name.split('.').map(quoteFunctionName)
  return `${parts.join('.')}(${positional.map(elementSql).join(', ')})`
}

function quoteFunctionName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : quoteIdent(name)
}

function methodSql(value: Extract<Value, { kind: 'method' }>): string {
  const { of, name } = value
  const suffixes: Readonly<Record<string, string>> = {
    desc: 'DESC',
    asc: 'ASC',
    nulls_first: 'NULLS FIRST',
    nullsfirst: 'NULLS FIRST',
    nulls_last: 'NULLS LAST',
    nullslast: 'NULLS LAST',
  }
  const suffix = suffixes[name]
  if (suffix !== undefined) return `${sqlOf(of)} ${suffix}`
  if (name === 'is_' && value.positional[0] !== undefined)
    return `${sqlOf(of)} IS ${sqlOf(value.positional[0])}`
  if (name === 'bindparams' && of.kind === 'call' && of.path === 'sqlalchemy.text' && of.positional[0]) {
    const bound = new Map([...value.keywords].map(([key, item]) => [key, literalSql(item)] as const))
    return textSql(textOf(of.positional[0]), value.line, bound)
  }
  throw unknownValue(value)
}

/** An element that is an expression, or a plain value. */
export function elementSql(value: Value): string {
  return value.kind === 'text' ? quoteLiteral(value.text) : sqlOf(value)
}

/** A plain value as SQLAlchemy's `literal_binds` writes it. */
export function literalSql(value: Value): string {
  if (value.kind === 'text') return quoteLiteral(value.text)
  if (value.kind === 'number') return value.text
  if (value.kind === 'constant') return value.value === null ? 'NULL' : String(value.value)
  throw unknownValue(value)
}

/**
 * What stands after DEFAULT: a string becomes a literal, anything else an expression (SQLAlchemy,
 * `Column.server_default`).
 */
export function defaultSql(value: Value): string {
  return value.kind === 'text' ? quoteLiteral(value.text) : sqlOf(value)
}

/** SQL given as a string or as `sa.text(…)`: conditions of checks and partial indexes. */
export function conditionSql(value: Value): string {
  return value.kind === 'text' ? textSql(value.text, value.line) : sqlOf(value)
}
