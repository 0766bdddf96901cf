import type { Client } from 'pg'
import { searchScope, searchStatements } from '../autogenerate/search/search.ts'
import { statementSections } from '../autogenerate/write/revision.ts'
import type { Catalog, ComparedObjects } from '../difference/index.ts'

/** What a script may have in it: everything that stands in the schemas, and who may use it. */
export function wholeScope(
  schemas: readonly string[],
  globals: ReadonlySet<string> = new Set(),
): ComparedObjects {
  return { schemas, excludes: () => false, globals, privileges: true }
}

/**
 * The statements that take schemas from one state to another where there are no rows, in an order that PostgreSQL has run;
 * undefined where they are not one transaction.
 * @param client on a scratch database at the first state; it has the second one afterwards
 * @param standIns schemas whose names do not reach the statements
 * @throws MigError what `searchStatements` throws
 */
export async function catalogScript(
  client: Client,
  { from, to, scope }: { readonly from: Catalog; readonly to: Catalog; readonly scope: ComparedObjects },
  standIns: readonly string[],
): Promise<readonly string[] | undefined> {
  const casts = { using: {}, recreate: ['*'] }
  const { actions } = await searchStatements({
    client,
    from,
    to,
    scope: searchScope(scope),
    first: [],
    casts,
  })
  const sections = statementSections(actions, standIns)
  return sections.some(({ autocommit }) => autocommit)
    ? undefined
    : sections.flatMap(({ statements }) => statements)
}
