import type { Client, ClientBase } from 'pg'
import {
  type Catalog,
  type ComparedObjects,
  difference,
  readCatalog,
  schemaOf,
  viewedIn,
} from '../../difference/index.ts'
import { onUserPath } from '../../postgres/index.ts'
import { withoutRunning } from '../without-running.ts'
import { runInAnyOrder } from './make.ts'

type Excluding = Pick<ComparedObjects, 'schemas' | 'excludes'>

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
  const scope: ComparedObjects = {
    schemas,
    excludes: (object) => !excludes(object),
    globals: new Set(),
    privileges: false,
  }
  const { actions } = difference(await readCatalog(client), await readCatalog(live), scope)
  const made = withoutRunning(actions.filter(({ verb }) => verb !== 'drop'))
  await runInAnyOrder(
    client,
    made.map(({ sql }) => onUserPath(sql)),
  )
}
