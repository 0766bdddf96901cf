import type { Value } from '../../python/values.ts'

interface ReflectedType {
  /** As `format_type` writes it. */
  readonly type: string
  /** `pg_type.typname` */
  readonly base: string
  readonly labels: readonly string[] | null
}

/** The class that SQLAlchemy's PostgreSQL dialect has for a type, by `typname`. */
const classes: Readonly<Record<string, string>> = {
  text: 'TEXT',
  varchar: 'VARCHAR',
  bpchar: 'CHAR',
  int2: 'SMALLINT',
  int4: 'INTEGER',
  int8: 'BIGINT',
  bool: 'BOOLEAN',
  numeric: 'NUMERIC',
  float4: 'REAL',
  float8: 'DOUBLE_PRECISION',
  timestamp: 'TIMESTAMP',
  timestamptz: 'TIMESTAMP',
  date: 'DATE',
  time: 'TIME',
  timetz: 'TIME',
  interval: 'INTERVAL',
  uuid: 'UUID',
  json: 'JSON',
  jsonb: 'JSONB',
  bytea: 'BYTEA',
}

/** The classes that each of them extends. */
const families: Readonly<Record<string, readonly string[]>> = {
  TEXT: ['Text', 'String'],
  VARCHAR: ['String'],
  CHAR: ['String'],
  SMALLINT: ['SmallInteger', 'Integer'],
  INTEGER: ['Integer'],
  BIGINT: ['BigInteger', 'Integer'],
  BOOLEAN: ['Boolean'],
  NUMERIC: ['Numeric'],
  REAL: ['Float', 'Numeric'],
  DOUBLE_PRECISION: ['Double', 'Float', 'Numeric'],
  TIMESTAMP: ['DateTime'],
  DATE: ['Date'],
  TIME: ['Time'],
  INTERVAL: ['Interval'],
  UUID: ['Uuid'],
  JSONB: ['JSON'],
  BYTEA: ['LargeBinary'],
  ENUM: ['Enum', 'String'],
}

/** A column's type as SQLAlchemy reflects it; its SQL is what PostgreSQL says. */
export function reflectedType({ type, base, labels }: ReflectedType, line: number): Value {
  const text = (value: string): Value => ({ kind: 'text', text: value, line })
  const name = base.startsWith('_')
    ? 'ARRAY'
    : labels !== null
      ? 'ENUM'
      : (classes[base] ?? base.toUpperCase())
  const length = /^(?:character|character varying)\((\d+)\)$/.exec(type)?.[1]
  const zone = /with time zone$/.test(type)
  return {
    kind: 'call',
    path: `postgresql.${name}`,
    positional: labels === null ? [] : labels.map(text),
    keywords: new Map<string, Value>([
      ...(length === undefined ? [] : [['length', { kind: 'number', text: length, line }] as const]),
      ...(name === 'TIMESTAMP' || name === 'TIME'
        ? [['timezone', { kind: 'constant', value: zone, line }] as const]
        : []),
      ...(name === 'ENUM' ? [['name', text(type.replaceAll('"', '').split('.').at(-1) ?? '')] as const] : []),
    ]),
    type: { kind: 'call', path: 'type.specification', positional: [text(type)], keywords: new Map(), line },
    line,
  }
}

/** `isinstance(type, sa.Text)`; undefined for what is no type. */
export function isOfType(value: Value, type: Value): boolean | undefined {
  if ((value.kind !== 'call' && value.kind !== 'path') || type.kind !== 'path') return undefined
  const known = /^(sqlalchemy|postgresql)\.(\w+)$/
  const [own, asked] = [known.exec(value.path)?.[2], known.exec(type.path)?.[2]]
  if (own === undefined || asked === undefined) return undefined
  return own === asked || (families[own] ?? []).includes(asked)
}
