/** What a person decided about type changes that have no cast, by `schema.table.column`. */
export interface CastDecisions {
  readonly using: Readonly<Record<string, string>>
  /** Values for rows that are there when a column becomes NOT NULL; default: `using`. */
  readonly fill?: Readonly<Record<string, string>>
  /**
   * Of a downgrade: what was decided for the upgrade. Nobody is asked, and a cast that depends on the session is written
   * with the time zone that was named there.
   */
  readonly there?: Readonly<Record<string, string>>
  /** Columns that a person is asked about already, so that rows without a value there stop nothing. */
  readonly asked?: readonly string[]
  /** Columns (or tables) to drop and add; `*` for all. */
  readonly recreate: readonly string[]
}

/** Whether a person said that a column or table is to be dropped and made again. */
export function recreates(casts: CastDecisions, name: string): boolean {
  return casts.recreate.includes('*') || casts.recreate.includes(name)
}
