import { namesIn, Reader, type SchemaName } from './reader.ts'

/** What a constraint's definition says, as pg_get_constraintdef and ADD CONSTRAINT have it (manual, ALTER TABLE). */
export interface ConstraintFacts {
  readonly kind: 'check' | 'foreign key' | 'unique' | 'primary key' | 'exclude' | 'not null'
  /** Of a key: its columns, and as SQL, with their parentheses; with WITHOUT OVERLAPS and PERIOD there. */
  readonly columns: readonly string[]
  readonly columnsSql: string
  /** Of a key: the columns of INCLUDE. */
  readonly including: string | undefined
  /** Of a check. */
  readonly expression: string | undefined
  /** Of a foreign key. */
  readonly references: { readonly table: SchemaName; readonly columns: readonly string[] } | undefined
  readonly nullsNotDistinct: boolean
  readonly isDeferred: boolean
  readonly isInherited: boolean
  /** False with NOT VALID or NOT ENFORCED: no row is looked at. */
  readonly looksAtRows: boolean
  /** Whether it is a key that an index serves by itself: not WITHOUT OVERLAPS. */
  readonly isPlainKey: boolean
  /** What is said of DEFERRABLE and INITIALLY, as SQL. */
  readonly timing: string
}

/** Reads the definition of a constraint, without its name; undefined for another text. */
export function constraintFacts(definition: string): ConstraintFacts | undefined {
  const reader = new Reader(definition)
  const kind = kindOf(reader)
  if (kind === undefined) return undefined
  const nullsNotDistinct = nullsIn(reader)
  const list = kind === 'check' || kind === 'exclude' ? undefined : reader.group()
  const expression = kind === 'check' ? reader.group() : undefined
  const including = reader.takes('include') ? reader.group() : undefined
  const references = kind === 'foreign key' ? referencesIn(reader) : undefined
  const tail = reader.rest()
  const said = (...words: readonly string[]) => saysIn(tail, words)
  return {
    kind,
    columns: list === undefined ? [] : (namesIn(list) ?? []),
    columnsSql: list === undefined ? '' : `(${list})`,
    including,
    expression,
    references,
    nullsNotDistinct,
    isDeferred: said('initially', 'deferred'),
    isInherited: !said('no', 'inherit'),
    looksAtRows: !said('not', 'valid') && !said('not', 'enforced'),
    isPlainKey:
      (kind === 'unique' || kind === 'primary key') && list !== undefined && namesIn(list) !== undefined,
    timing: timingIn(tail),
  }
}

function kindOf(reader: Reader): ConstraintFacts['kind'] | undefined {
  if (reader.takes('check')) return 'check'
  if (reader.takes('foreign', 'key')) return 'foreign key'
  if (reader.takes('primary', 'key')) return 'primary key'
  if (reader.takes('unique')) return 'unique'
  if (reader.takes('exclude')) return 'exclude'
  return reader.takes('not', 'null') ? 'not null' : undefined
}

/** Whether NULLS NOT DISTINCT comes next; NULLS DISTINCT is the default. */
export function nullsIn(reader: Reader): boolean {
  return !reader.takes('nulls', 'distinct') && reader.takes('nulls', 'not', 'distinct')
}

function referencesIn(reader: Reader): ConstraintFacts['references'] {
  const table = reader.takes('references') ? reader.schemaName() : undefined
  if (table === undefined) return undefined
  return { table, columns: namesIn(reader.group() ?? '') ?? [] }
}

/** Whether keywords stand somewhere in a text, outside of parentheses. */
function saysIn(text: string, keywords: readonly string[]): boolean {
  const reader = new Reader(text)
  if (reader.sees(...keywords)) return true
  reader.until((each) => each.sees(...keywords))
  return !reader.isAtEnd
}

function isTiming(reader: Reader): boolean {
  return reader.sees('deferrable') || reader.sees('not', 'deferrable') || reader.sees('initially')
}

function timingIn(tail: string): string {
  const reader = new Reader(tail)
  if (!isTiming(reader)) reader.until(isTiming)
  return reader.rest()
}
