import { quoteIdent, quoteLiteral } from '../../postgres/quote.ts'
import type { BodyPart, ImportedRevision } from '../history.ts'
import type { Call } from '../python/values.ts'
import { argumentsOf, textOf, Unconverted } from './reading.ts'

/** A native enum type of a column. */
export interface EnumType {
  /** Quoted, with its schema when one is given. */
  readonly name: string
  readonly values: readonly string[]
  /** False for `create_type=False`: a table that uses it does not create it. */
  readonly createdByTable: boolean
}

const known = [
  'name',
  'schema',
  'native_enum',
  'create_type',
  'metadata',
  'create_constraint',
  'length',
  'inherit_schema',
  'values_callable',
  'validate_strings',
  'checkfirst',
  '_create_events',
  'quote',
]

/**
 * `sa.Enum('a', 'b', name='…')` or `postgresql.ENUM(…)`; undefined for `native_enum=False`.
 * @throws Unconverted for a Python enumeration, whose members stand elsewhere.
 */
export function enumType(call: Call): EnumType | undefined {
  const given = argumentsOf({ ...call, positional: [] }, [], known)
  if (given.flag('native_enum') === false) return undefined
  const name = given.optionalText('name')
  if (name === undefined) throw new Unconverted('an Enum without a name', call.line)
  if (given.flag('inherit_schema')) throw new Unconverted('inherit_schema of an Enum', call.line)
  const schema = given.optionalText('schema')
  return {
    name: schema === undefined ? quoteIdent(name) : `${quoteIdent(schema)}.${quoteIdent(name)}`,
    values: call.positional.map(textOf),
    // sa.Enum takes create_type and does not heed it (SQLAlchemy, "PostgreSQL ENUM types").
    createdByTable: call.path !== 'postgresql.ENUM' || given.flag('create_type') !== false,
  }
}

/** `VARCHAR` as long as the longest value, which is what an enum that is not native becomes. */
export function enumAsText(call: Call): string {
  const longest = Math.max(0, ...call.positional.map((value) => textOf(value).length))
  const length = call.keywords.get('length')
  if (call.keywords.get('create_constraint')?.kind === 'constant') {
    throw new Unconverted('create_constraint of an Enum', call.line)
  }
  return `VARCHAR(${length?.kind === 'number' ? Math.max(Number(length.text), longest) : longest})`
}

export function createEnum({ name, values }: EnumType): string {
  return `CREATE TYPE ${name} AS ENUM (${values.map(quoteLiteral).join(', ')})`
}

/**
 * `.create(bind)` and `.drop(bind)` of an enum; with `checkfirst`, whether the type is there is asked when the
 * revision runs, as SQLAlchemy does.
 */
export function enumAct(type: EnumType, act: 'create' | 'drop', checkFirst: boolean): string {
  if (act === 'drop') return `DROP TYPE ${checkFirst ? 'IF EXISTS ' : ''}${type.name}`
  return checkFirst ? whereNotThere(type.name, createEnum(type)) : createEnum(type)
}

export function whereNotThere(name: string, create: string): string {
  return [
    'DO $mig$',
    'BEGIN',
    `  IF to_regtype(${quoteLiteral(name)}) IS NULL THEN`,
    `    ${create};`,
    '  END IF;',
    'END',
    '$mig$',
  ].join('\n')
}

/**
 * Alembic remembers through a run which enum types its tables have created, and does not create them again
 * (SQLAlchemy, `ENUM`): what a later revision or table would create again is created only where it is not there.
 */
export function withTypesOnce(revisions: readonly ImportedRevision[]): readonly ImportedRevision[] {
  const seen = new Set<string>()
  const once = (part: BodyPart): BodyPart => {
    if (part.kind === 'autocommit') return { ...part, parts: part.parts.map(once) }
    const name = part.kind === 'sql' ? /^CREATE TYPE (\S+) AS ENUM \(/.exec(part.sql)?.[1] : undefined
    if (part.kind !== 'sql' || name === undefined) return part
    if (seen.has(name)) return { ...part, sql: whereNotThere(name, part.sql) }
    seen.add(name)
    return part
  }
  return revisions.map((revision) => ({ ...revision, upgrade: revision.upgrade.map(once) }))
}
