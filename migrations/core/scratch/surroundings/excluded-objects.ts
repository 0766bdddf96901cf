import type { Client, ClientBase } from 'pg'
import {
  type Catalog,
  difference,
  readCatalog,
  type Scope,
  schemaOf,
  viewedIn,
} from '../../difference/index.ts'
import { isServerError, onUserPath } from '../../postgres/index.ts'
import { withoutRunning } from '../without-running.ts'

type Excluding = Pick<Scope, 'schemas' | 'excludes'>

/** Whether anything that is compared refers to an object that is excluded. */
export function refersToExcluded(catalog: Catalog, { schemas, excludes }: Excluding): boolean {
  const view = viewedIn(catalog, { schemas, excludes, globals: new Set(), privileges: false })
  return catalog.facts.edges.some(
    ({ kind, from, to }) =>
      kind === 'depends' &&
      schemas.includes(schemaOf(to) ?? '') &&
      to.kind !== 'schema' &&
      view.has(from) &&
      !view.has(to) &&
      catalog.facts.has(to),
  )
}

/**
 * Makes the excluded objects of a live database on a scratch database, for others to refer to. They are never compared,
 * so that one which does not come to be there, as it refers to what is not there yet, is left out: what needs it says
 * so itself.
 */
export async function makeExcluded(
  client: Client,
  live: ClientBase,
  { schemas, excludes }: Excluding,
): Promise<void> {
  const globals = new Set<string>()
  const scope: Scope = {
    schemas,
    excludes: (object) => !excludes(object),
    globals,
    privileges: false,
  }
  const { actions } = difference(await readCatalog(client), await readCatalog(live), scope)
  let left: readonly string[] = withoutRunning(actions.filter(({ verb }) => verb !== 'drop')).map(
    ({ sql }) => sql,
  )
  for (let before = left.length + 1; left.length < before; ) {
    before = left.length
    left = await refusedOf(client, left)
  }
}

/** Runs statements one by one, and gives those that PostgreSQL refuses. */
async function refusedOf(client: Client, statements: readonly string[]): Promise<readonly string[]> {
  const refused: string[] = []
  for (const sql of statements) {
    try {
      await client.query(onUserPath(sql))
    } catch (error) {
      if (!isServerError(error)) throw error
      refused.push(sql)
    }
  }
  return refused
}
