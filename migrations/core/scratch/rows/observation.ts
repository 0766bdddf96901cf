export interface ObservedColumn {
  readonly number: number
  readonly name: string
  readonly type: string
  readonly notNull: boolean
  readonly generated: boolean
  /** A composite type, or an array of one. */
  readonly composite: boolean
}

export interface ObservedRow {
  /** The table that holds it: a partition, or the table itself. */
  readonly leaf: string
  /** By the place of the column. */
  readonly values: readonly (string | null)[]
  /** What the casts that were asked about make of the values, by the place of the column. */
  readonly cast: ReadonlyMap<number, string | null>
}

export interface ObservedTable {
  readonly oid: string
  readonly schema: string
  readonly name: string
  readonly columns: readonly ObservedColumn[]
  /** The tables that it inherits from, by schema and name. */
  readonly parents: readonly (readonly [schema: string, name: string])[]
  readonly rows: readonly ObservedRow[]
  /** The places of columns whose cast gives another value each time. */
  readonly volatile: ReadonlySet<number>
}

/** Tables with their rows at one moment. */
export interface RowObservation {
  readonly tables: readonly ObservedTable[]
  /** Every table of the database, partitions too: its oid, and its name. */
  readonly relations: ReadonlyMap<string, readonly [schema: string, name: string]>
}
