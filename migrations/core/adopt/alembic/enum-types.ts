import { quoteIdent, quoteLiteral } from '../../postgres/quote.ts'
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
  if (!checkFirst) return createEnum(type)
  return [
    'DO $mig$',
    'BEGIN',
    `  IF to_regtype(${quoteLiteral(type.name)}) IS NULL THEN`,
    `    ${createEnum(type)};`,
    '  END IF;',
    'END',
    '$mig$',
  ].join('\n')
}
