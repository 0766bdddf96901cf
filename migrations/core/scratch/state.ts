import type { ClientBase } from 'pg'
import { type Catalog, type ComparedObjects, readCatalog } from '../difference/index.ts'
import { fingerprintExcludes } from '../environment/index.ts'
import { type Fingerprint, readFingerprint } from '../postgres/fingerprint/index.ts'

/** A database's state as both observers see it: the difference engine, and our fingerprint. */
export interface State {
  readonly catalog: Catalog
  readonly fingerprint: Fingerprint
}

type Observed = Pick<ComparedObjects, 'schemas' | 'excludes' | 'privileges'>

/** Reads a database with both observers. */
export async function observe(client: ClientBase, scope: Observed): Promise<State> {
  return { catalog: await readCatalog(client), fingerprint: await fingerprintOf(client, scope) }
}

/** Reads the fingerprint of the scope's schemas. */
export function fingerprintOf(client: ClientBase, scope: Observed): Promise<Fingerprint> {
  return readFingerprint(client, {
    schemas: scope.schemas,
    privileges: scope.privileges,
    owners: scope.privileges,
    ignoreGeneratedNames: true,
    exclude: fingerprintExcludes(scope.excludes),
  })
}
