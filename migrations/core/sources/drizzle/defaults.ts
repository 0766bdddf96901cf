const columnsOfTable = Symbol.for('drizzle:Columns')

/** A column as far as its default goes. */
interface ColumnDefault {
  default: unknown
}

/**
 * Makes SQL of the bigint defaults of tables (`.default(0n)`), which drizzle-kit 0.x cannot write: it puts them into JSON
 * (`Do not know how to serialize a BigInt`).
 */
export function writeBigintDefaults(tables: Iterable<unknown>, raw: (text: string) => unknown): void {
  for (const table of tables) {
    for (const column of columnsOf(table)) {
      const value = column.default
      if (typeof value === 'bigint') column.default = raw(String(value))
      else if (Array.isArray(value) && value.some((item) => typeof item === 'bigint'))
        column.default = raw(`'{${value.join(',')}}'`)
    }
  }
}

function columnsOf(table: unknown): readonly ColumnDefault[] {
  if (table === null || typeof table !== 'object' || !(columnsOfTable in table)) return []
  return Object.values(table[columnsOfTable] as Readonly<Record<string, ColumnDefault>>)
}
