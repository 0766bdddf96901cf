import type { ClientBase } from 'pg'
import { type Expectations, expectationKey } from './compare.ts'
import type { ObservedTable, RowObservation } from './observation.ts'
import { readAs } from './observe.ts'
import { type Renames, twins } from './twins.ts'

/**
 * What values of columns whose type has changed are to be by now: what the cast makes of them, where it could be asked
 * beforehand; else what the text reads as in the new type. `any` where neither can be told.
 * @param client on the database, after the change
 */
export async function expectations(
  client: ClientBase,
  before: RowObservation,
  after: RowObservation,
  renames: Renames,
): Promise<Expectations> {
  const found = new Map<string, readonly (string | null)[] | 'any'>()
  for (const { table, pairs } of twins(before, after, renames)) {
    for (const { column, place, wanted } of pairs) {
      // A composite type of the same name may have other fields by now, whatever was asked before.
      if (column.composite && wanted.type === column.type) continue
      const key = expectationKey(table.oid, column.number)
      const cast = castAt(table, place)
      if (table.volatile.has(place)) found.set(key, 'any')
      else if (cast !== undefined) found.set(key, cast)
      else if (wanted.type !== column.type) {
        const texts = table.rows.map(({ values }) => values[place] ?? null)
        found.set(key, (await readAs(client, texts, wanted.type)) ?? 'any')
      }
    }
  }
  return found
}

function castAt({ rows }: ObservedTable, place: number): readonly (string | null)[] | undefined {
  if (rows.length === 0 || !rows.every(({ cast }) => cast.has(place))) return undefined
  return rows.map(({ cast }) => cast.get(place) ?? null)
}
