import { quoteIdent } from '../../postgres/quote.ts'
import type { Call, Value } from '../python/values.ts'
import { type EnumType, enumAsText, enumType } from './enum-types.ts'
import { argumentsOf, textOf, Unconverted, unknownValue } from './reading.ts'

/** A column type as PostgreSQL's SQL, in the words of SQLAlchemy's compiler. */
export interface ColumnType {
  readonly sql: string
  /** The serial type that an autoincrement column of it becomes. */
  readonly serial?: 'SERIAL' | 'BIGSERIAL' | 'SMALLSERIAL'
  /** The enum that it is, or is an array of. */
  readonly enum?: EnumType
}

/** Types without parameters: SQLAlchemy's class → SQL. */
const plain: Readonly<Record<string, string>> = {
  Text: 'TEXT',
  TEXT: 'TEXT',
  UnicodeText: 'TEXT',
  Boolean: 'BOOLEAN',
  BOOLEAN: 'BOOLEAN',
  Date: 'DATE',
  DATE: 'DATE',
  REAL: 'REAL',
  Double: 'DOUBLE PRECISION',
  DOUBLE: 'DOUBLE PRECISION',
  DOUBLE_PRECISION: 'DOUBLE PRECISION',
  UUID: 'UUID',
  Uuid: 'UUID',
  GUID: 'UUID',
  UUIDType: 'UUID',
  JSON: 'JSON',
  JSONB: 'JSONB',
  HSTORE: 'HSTORE',
  JSONPATH: 'JSONPATH',
  LargeBinary: 'BYTEA',
  BYTEA: 'BYTEA',
  PickleType: 'BYTEA',
  JsonEncodedDict: 'TEXT',
  JsonEncodedList: 'TEXT',
  SoftDeleteInteger: 'INTEGER',
  INET: 'INET',
  CIDR: 'CIDR',
  MACADDR: 'MACADDR',
  MACADDR8: 'MACADDR8',
  MONEY: 'MONEY',
  OID: 'OID',
  REGCLASS: 'REGCLASS',
  REGCONFIG: 'REGCONFIG',
  TSVECTOR: 'TSVECTOR',
  TSVectorType: 'TSVECTOR',
  TSQUERY: 'TSQUERY',
  CITEXT: 'CITEXT',
  CIText: 'CITEXT',
  LtreeType: 'LTREE',
  INT4RANGE: 'INT4RANGE',
  INT8RANGE: 'INT8RANGE',
  NUMRANGE: 'NUMRANGE',
  DATERANGE: 'DATERANGE',
  TSRANGE: 'TSRANGE',
  TSTZRANGE: 'TSTZRANGE',
  INT4MULTIRANGE: 'INT4MULTIRANGE',
  INT8MULTIRANGE: 'INT8MULTIRANGE',
  NUMMULTIRANGE: 'NUMMULTIRANGE',
  DATEMULTIRANGE: 'DATEMULTIRANGE',
  TSMULTIRANGE: 'TSMULTIRANGE',
  TSTZMULTIRANGE: 'TSTZMULTIRANGE',
}

const integers: Readonly<Record<string, ColumnType>> = {
  Integer: { sql: 'INTEGER', serial: 'SERIAL' },
  INTEGER: { sql: 'INTEGER', serial: 'SERIAL' },
  INT: { sql: 'INTEGER', serial: 'SERIAL' },
  BigInteger: { sql: 'BIGINT', serial: 'BIGSERIAL' },
  BIGINT: { sql: 'BIGINT', serial: 'BIGSERIAL' },
  SmallInteger: { sql: 'SMALLINT', serial: 'SMALLSERIAL' },
  SMALLINT: { sql: 'SMALLINT', serial: 'SMALLSERIAL' },
}

/** Packages whose types are known by the name of the class. */
const packages =
  /^(sqlalchemy|postgresql|sqlmodel(\.sql\.sqltypes)?|sqlalchemy_utils(\..+)?|citext|fastapi_users_db_sqlalchemy(\.generics)?|pgvector\.sqlalchemy(\..+)?|oslo_db\.sqlalchemy\.types)\.([A-Za-z0-9_]+)$/

/**
 * The SQL of a type, given as a class or an instance of it.
 * @throws Unconverted for a type that is not known.
 */
export function columnType(value: Value): ColumnType {
  if (value.kind === 'method' && value.name === 'with_variant') return variantType(value)
  if (value.kind === 'method' && ['evaluates_none', 'impl'].includes(value.name)) return columnType(value.of)
  if ((value.kind === 'path' || value.kind === 'call') && value.type !== undefined)
    return columnType(value.type)
  const call = ofAirflow(callOf(value))
  if (call.path === 'type.specification') return { sql: textOf(call.positional[0] ?? call) }
  const name = packages.exec(call.path)?.at(-1)
  if (name === undefined) throw new Unconverted(`the type ${call.path.replace(/^\./, '')}`, value.line)
  if (plain[name] !== undefined) return { sql: plain[name] }
  const integer = integers[name]
  if (integer !== undefined) return integer
  const sized = sizedType(name, call)
  if (sized !== undefined) return sized
  throw new Unconverted(`the type ${name}`, value.line)
}

/** Airflow makes the types of its revisions when they run: on PostgreSQL these (airflow.migrations.db_types). */
function ofAirflow(call: Call): Call {
  const [, name] = /^airflow\.migrations\.db_types\.(TIMESTAMP|StringID)$/.exec(call.path) ?? []
  const withArgument = (path: string, key: string, value: Value): Call =>
    call.keywords.has(key) || call.positional.length > 0
      ? { ...call, path }
      : { ...call, path, keywords: new Map([...call.keywords, [key, value]]) }
  const { line } = call
  if (name === 'TIMESTAMP')
    return withArgument('sqlalchemy.TIMESTAMP', 'timezone', { kind: 'constant', value: true, line })
  if (name === 'StringID')
    return withArgument('sqlalchemy.String', 'length', { kind: 'number', text: '250', line })
  return call
}

function callOf(value: Value): Call {
  if (value.kind === 'call') return value
  if (value.kind === 'path')
    return { kind: 'call', path: value.path, positional: [], keywords: new Map(), line: value.line }
  throw unknownValue(value)
}

/** Another type where the dialect is PostgreSQL. */
function variantType(value: Extract<Value, { kind: 'method' }>): ColumnType {
  const [variant, ...dialects] = value.positional
  const isOurs = dialects.some((dialect) => dialect.kind === 'text' && dialect.text === 'postgresql')
  return columnType(isOurs && variant !== undefined ? variant : value.of)
}

function sizedType(name: string, call: Call): ColumnType | undefined {
  switch (name) {
    case 'String':
    case 'VARCHAR':
    case 'Unicode':
    case 'AutoString':
      return textType('VARCHAR', call)
    case 'CHAR':
    case 'NCHAR':
      return textType('CHAR', call)
    case 'EmailType':
      return { sql: 'VARCHAR(255)' }
    case 'Numeric':
    case 'NUMERIC':
      return { sql: numericType('NUMERIC', call) }
    case 'DECIMAL':
      return { sql: numericType('DECIMAL', call) }
    case 'Float':
    case 'FLOAT': {
      const precision = number(call, ['precision'], 'precision', ['asdecimal', 'decimal_return_scale'])
      return { sql: precision === undefined ? 'FLOAT' : `FLOAT(${precision})` }
    }
    case 'DateTime':
    case 'DATETIME':
    case 'TIMESTAMP':
      return { sql: timeType('TIMESTAMP', call) }
    case 'Time':
    case 'TIME':
      return { sql: timeType('TIME', call) }
    case 'Interval':
      return { sql: 'INTERVAL' }
    case 'INTERVAL':
      return { sql: intervalType(call) }
    case 'BIT':
      return { sql: bitType(call) }
    case 'Vector':
    case 'VECTOR':
    case 'HALFVEC': {
      const size = number(call, ['dim'], 'dim')
      const base = name.toUpperCase()
      return { sql: size === undefined ? base : `${base}(${size})` }
    }
    case 'ARRAY':
      return arrayType(call)
    case 'Enum':
    case 'ENUM': {
      const type = enumType(call)
      return type === undefined ? { sql: enumAsText(call) } : { sql: type.name, enum: type }
    }
    default:
      return undefined
  }
}

function textType(base: string, call: Call): ColumnType {
  const known = [
    'collation',
    'convert_unicode',
    'unicode_error',
    '_warn_on_bytestring',
    'mysql_ndb_length',
    'mysql_ndb_type',
  ]
  const length = number(call, ['length'], 'length', known)
  const collation = argumentsOf(call, ['length'], known).optionalText('collation')
  const sized = length === undefined ? base : `${base}(${length})`
  return { sql: collation === undefined ? sized : `${sized} COLLATE ${quoteIdent(collation)}` }
}

function numericType(base: string, call: Call): string {
  const names = ['precision', 'scale']
  const known = ['asdecimal', 'decimal_return_scale']
  const precision = number(call, names, 'precision', known)
  const scale = number(call, names, 'scale', known)
  if (precision === undefined) return base
  return scale === undefined ? `${base}(${precision})` : `${base}(${precision}, ${scale})`
}

function timeType(base: string, call: Call): string {
  const precision = number(call, ['timezone'], 'precision', ['precision'])
  const zone = argumentsOf(call, ['timezone'], ['precision']).flag('timezone') ? 'WITH' : 'WITHOUT'
  return `${base}${precision === undefined ? '' : `(${precision})`} ${zone} TIME ZONE`
}

function intervalType(call: Call): string {
  const names = ['precision', 'fields']
  const fields = argumentsOf(call, names).optionalText('fields')
  const precision = number(call, names, 'precision')
  return [
    'INTERVAL',
    ...(fields === undefined ? [] : [fields]),
    ...(precision === undefined ? [] : [`(${precision})`]),
  ].join(' ')
}

function bitType(call: Call): string {
  const names = ['length', 'varying']
  const length = number(call, names, 'length')
  const varying = argumentsOf(call, names).flag('varying')
  if (varying) return `BIT VARYING${length === undefined ? '' : `(${length})`}`
  return `BIT(${length ?? '1'})`
}

function arrayType(call: Call): ColumnType {
  const given = argumentsOf(call, ['item_type'], ['as_tuple', 'dimensions', 'zero_indexes'])
  const item = given.given('item_type')
  if (item === undefined) throw new Unconverted('an ARRAY without a type', call.line)
  const inner = columnType(item)
  const dimensions = Number(
    number(call, ['item_type'], 'dimensions', ['as_tuple', 'dimensions', 'zero_indexes']) ?? 1,
  )
  const sql = inner.sql.replace(/(?: COLLATE .*)?$/, (collation) => `${'[]'.repeat(dimensions)}${collation}`)
  return inner.enum === undefined ? { sql } : { sql, enum: inner.enum }
}

function number(
  call: Call,
  names: readonly string[],
  name: string,
  known: readonly string[] = [],
): string | undefined {
  const value = argumentsOf(call, names, known).given(name)
  if (value === undefined) return undefined
  if (value.kind === 'number') return value.text
  throw unknownValue(value)
}
