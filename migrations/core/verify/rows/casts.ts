import { quoteIdent } from '../../postgres/index.ts'
import { type TableChange, tableAlteration } from '../../postgres/statement/index.ts'
import { type Casts, columnKey } from '../../scratch/rows/index.ts'

/**
 * What type changes among statements will make of values, as expressions over the columns before. Tables and columns
 * that are renamed on the way go by the names that they have before.
 * @param schema where names without one are
 */
export function castsIn(statements: readonly string[], schema: string): Casts {
  const casts = new Map<string, string>()
  const before = new NamesBefore()
  for (const sql of statements) {
    const { table, changes = [] } = tableAlteration(sql) ?? {}
    if (table === undefined) continue
    const own = [table.schema ?? schema, table.name] as const
    for (const change of changes) {
      if (change.kind === 'change type') {
        const [inOld, ofOld, old] = before.column(own, change.column)
        casts.set(columnKey(inOld, ofOld, old), `(${change.using ?? quoteIdent(old)})::${change.type}`)
      }
      before.follow(own, change)
    }
  }
  return casts
}

type TableName = readonly [schema: string, name: string]

/** Names before the first statement, by the names that they have after those followed so far. */
class NamesBefore {
  readonly #tables = new Map<string, TableName>()
  readonly #columns = new Map<string, string>()

  column(own: TableName, name: string): readonly [schema: string, table: string, column: string] {
    return [...this.#table(own), this.#columns.get(JSON.stringify([...this.#table(own), name])) ?? name]
  }

  follow(own: TableName, change: TableChange): void {
    const old = this.#table(own)
    if (change.kind === 'rename') this.#tables.set(JSON.stringify([own[0], change.to]), old)
    else if (change.kind === 'move') this.#tables.set(JSON.stringify([change.schema, own[1]]), old)
    else if (change.kind === 'rename column') {
      const [, , first] = this.column(own, change.column)
      this.#columns.set(JSON.stringify([...old, change.to]), first)
    }
  }

  #table(name: TableName): TableName {
    return this.#tables.get(JSON.stringify(name)) ?? name
  }
}
