import type { Fact, FactBase } from '@supabase/pg-delta/core'
import { qualifiedName } from '../postgres/index.ts'
import { type ColumnId, idKey, type ObjectId } from './ids.ts'
import type { TableName } from './parents.ts'

/** A sequence as the statements need it, whether it is an object of its own or that of an identity column. */
export interface SequenceInfo extends TableName {
  readonly isIdentity: boolean
  /** It counts downwards. */
  readonly descends: boolean
  readonly minValue: bigint
  readonly maxValue: bigint
}

/** A column whose values come from a sequence: an identity column, or one whose default is `nextval`. */
export interface NumberedColumn {
  readonly column: ColumnId
  readonly sequence: SequenceInfo
}

/** The column's sequence; undefined where it has none, or where the default is more than the number alone. */
export function sequenceOf(facts: FactBase, column: ObjectId): SequenceInfo | undefined {
  const fact = facts.get(column)
  return fact === undefined ? undefined : (identitySequence(fact) ?? defaultSequence(facts, fact))
}

/** All columns of tables whose values come from a sequence. */
export function numberedColumns(facts: FactBase): readonly NumberedColumn[] {
  return facts.facts().flatMap(({ id, parent }): readonly NumberedColumn[] => {
    if (id.kind !== 'column' || parent?.kind !== 'table') return []
    const sequence = sequenceOf(facts, id)
    return sequence === undefined ? [] : [{ column: { ...id, kind: 'column' }, sequence }]
  })
}

/** The identity of a sequence; an identity column's has one too, though no fact. */
export function sequenceId({ schema, name }: TableName): ObjectId {
  return { kind: 'sequence', schema, name }
}

interface Options {
  readonly increment: string
  readonly minValue: string
  readonly maxValue: string
}

interface Identity {
  readonly sequence: TableName | null
  readonly options: Options | null
}

function identitySequence({ payload }: Fact): SequenceInfo | undefined {
  const { sequence, options } = (payload.identity ?? {}) as unknown as Partial<Identity>
  return sequence == null || options == null ? undefined : infoOf(sequence, options, true)
}

function defaultSequence(facts: FactBase, column: Fact): SequenceInfo | undefined {
  const value = facts.childrenOf(column.id).find((child) => child.id.kind === 'default')
  const name = /^nextval\('((?:[^']|'')+)'::regclass\)$/.exec(String(value?.payload.expr))?.[1]
  if (value === undefined || name === undefined) return undefined
  const named = facts.outgoingEdges(value.id).find(({ to }) => {
    return to.kind === 'sequence' && qualifiedName(to.schema, to.name) === name.replaceAll("''", "'")
  })?.to
  const fact = named === undefined ? undefined : facts.get(named)
  if (named?.kind !== 'sequence' || fact === undefined) return undefined
  return infoOf(named, fact.payload as unknown as Options, false)
}

function infoOf({ schema, name }: TableName, options: Options, isIdentity: boolean): SequenceInfo {
  const [minValue, maxValue] = [BigInt(options.minValue), BigInt(options.maxValue)]
  return { schema, name, isIdentity, descends: options.increment.startsWith('-'), minValue, maxValue }
}

/** Whether two sequences are one and the same. */
export function isSameSequence(one: TableName, other: TableName): boolean {
  return idKey(sequenceId(one)) === idKey(sequenceId(other))
}
