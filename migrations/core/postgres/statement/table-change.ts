import { type ConstraintFacts, constraintFacts } from './constraint.ts'
import { Reader, type SchemaName } from './reader.ts'

/** One change of ALTER TABLE (manual, ALTER TABLE), as far as it matters to anyone here. */
export type TableChange =
  | ({ readonly kind: 'add column' } & ColumnFacts)
  | ({ readonly kind: 'change type' } & TypeChange)
  | { readonly kind: ColumnChange; readonly column: string }
  | { readonly kind: 'set default'; readonly column: string; readonly value: string }
  | { readonly kind: 'add constraint'; readonly name: string; readonly constraint: ConstraintFacts }
  | { readonly kind: 'validate constraint' | 'drop constraint'; readonly name: string }
  | { readonly kind: 'rename'; readonly to: string }
  | { readonly kind: 'rename column'; readonly column: string; readonly to: string }
  | { readonly kind: 'move'; readonly schema: string }
  | { readonly kind: 'other' }

type ColumnChange = 'set not null' | 'drop not null' | 'drop default' | 'set expression' | 'add identity'

export interface TypeChange {
  readonly column: string
  /** Without its collation. */
  readonly type: string
  readonly collation: string | undefined
  readonly using: string | undefined
}

export interface ColumnFacts {
  readonly column: string
  readonly type: string
  readonly notNull: boolean
  readonly default: string | undefined
  /** Whether PostgreSQL numbers its rows, or computes them. */
  readonly generated: 'identity' | 'expression' | undefined
  /** Whether a check, a key or a foreign key comes with it. */
  readonly isConstrained: boolean
}

export interface TableAlteration {
  readonly table: SchemaName
  readonly changes: readonly TableChange[]
}

/** Reads an ALTER TABLE; undefined for another statement. */
export function tableAlteration(sql: string): TableAlteration | undefined {
  const reader = new Reader(sql)
  if (!reader.takes('alter', 'table') && !reader.takes('alter', 'foreign', 'table')) return undefined
  reader.skipExistence()
  reader.takes('only')
  const table = reader.schemaName()
  reader.takes('*')
  return table === undefined ? undefined : { table, changes: reader.parts().map(changeIn) }
}

/** The change of an ALTER TABLE that has just one; undefined for another statement. */
export function tableChange(sql: string): TableChange | undefined {
  const changes = tableAlteration(sql)?.changes ?? []
  return changes.length === 1 ? changes[0] : undefined
}

const other: TableChange = { kind: 'other' }

function changeIn(text: string): TableChange {
  const reader = new Reader(text)
  if (reader.takes('add')) return added(reader)
  if (reader.takes('alter')) return altered(reader)
  if (reader.takes('rename')) return renamed(reader)
  if (reader.takes('set', 'schema')) return withName(reader, (schema) => ({ kind: 'move', schema }))
  if (reader.takes('validate', 'constraint'))
    return withName(reader, (name) => ({ kind: 'validate constraint', name }))
  if (!reader.takes('drop', 'constraint')) return other
  reader.skipExistence()
  return withName(reader, (name) => ({ kind: 'drop constraint', name }))
}

function withName(reader: Reader, change: (name: string) => TableChange): TableChange {
  const name = reader.name()
  return name === undefined ? other : change(name)
}

const constraintWords = ['check', 'foreign', 'primary', 'unique', 'exclude', 'not']

function added(reader: Reader): TableChange {
  const name = reader.takes('constraint') ? reader.name() : undefined
  if (name !== undefined || constraintWords.some((word) => reader.sees(word))) {
    const constraint = constraintFacts(reader.rest())
    return constraint === undefined ? other : { kind: 'add constraint', name: name ?? '', constraint }
  }
  reader.takes('column')
  reader.skipExistence()
  return withName(reader, (column) => ({ kind: 'add column', column, ...columnFacts(reader) }))
}

const clauseWords = [
  'collate',
  'constraint',
  'not',
  'null',
  'default',
  'generated',
  'check',
  'references',
  'unique',
  'primary',
  'storage',
  'compression',
]
const isClause = (reader: Reader) => clauseWords.some((word) => reader.sees(word))

function columnFacts(reader: Reader): Omit<ColumnFacts, 'column'> {
  const type = reader.until(isClause)
  let notNull = false
  let value: string | undefined
  let generated: ColumnFacts['generated']
  let isConstrained = false
  while (!reader.isAtEnd) {
    if (reader.takes('constraint')) reader.name()
    else if (reader.takes('not', 'null')) notNull = true
    else if (reader.takes('default')) value = reader.until(isClause)
    else if (reader.takes('generated', 'by', 'default', 'as')) generated = 'identity'
    else if (reader.takes('generated', 'always', 'as'))
      generated = reader.sees('identity') ? 'identity' : 'expression'
    else {
      isConstrained ||= ['check', 'references', 'unique', 'primary'].some((word) => reader.sees(word))
      reader.until(isClause)
    }
  }
  return { type, notNull, default: value, generated, isConstrained }
}

function altered(reader: Reader): TableChange {
  if (reader.sees('constraint')) return other
  reader.takes('column')
  const column = reader.name()
  if (column === undefined) return other
  if (reader.takes('type') || reader.takes('set', 'data', 'type'))
    return { kind: 'change type', ...typeIn(reader, column) }
  if (reader.takes('set', 'not', 'null')) return { kind: 'set not null', column }
  if (reader.takes('drop', 'not', 'null')) return { kind: 'drop not null', column }
  if (reader.takes('set', 'default')) return { kind: 'set default', column, value: reader.rest() }
  if (reader.takes('drop', 'default')) return { kind: 'drop default', column }
  if (reader.takes('set', 'expression')) return { kind: 'set expression', column }
  return reader.takes('add', 'generated') ? { kind: 'add identity', column } : other
}

function typeIn(reader: Reader, column: string): TypeChange {
  const type = reader.until((each) => each.sees('collate') || each.sees('using'))
  const collation = reader.takes('collate') ? reader.until((each) => each.sees('using')) : undefined
  const using = reader.takes('using') ? reader.rest() : undefined
  return { column, type, collation, using }
}

function renamed(reader: Reader): TableChange {
  if (reader.takes('to')) return withName(reader, (to) => ({ kind: 'rename', to }))
  if (reader.sees('constraint')) return other
  reader.takes('column')
  return withName(reader, (column) => {
    if (!reader.takes('to')) return other
    return withName(reader, (to) => ({ kind: 'rename column', column, to }))
  })
}

/** An ADD COLUMN without its NOT NULL, and the name of that; as it is where it has none. */
export function withoutNotNull(sql: string): string {
  const reader = new Reader(sql)
  for (;;) {
    const start = reader.offset
    if (reader.isAtEnd) return sql
    if (reader.takes('constraint')) reader.name()
    if (reader.takes('not', 'null'))
      return `${sql.slice(0, start).trimEnd()} ${sql.slice(reader.offset)}`.trimEnd()
    if (reader.offset === start) reader.skip()
  }
}
