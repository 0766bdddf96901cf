import type { Catalog } from './catalog.ts'

/** Whether a catalog has a table that is not a partitioned one: where CONCURRENTLY and NOT VALID are taken for every kind. */
export function hasPlainTable(
  { facts }: Pick<Catalog, 'facts'>,
  { schema, name }: { readonly schema: string; readonly name: string },
): boolean {
  const table = facts.get({ kind: 'table', schema, name })
  return table !== undefined && table.payload.partitionKey == null
}
