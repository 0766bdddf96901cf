import type { ClientBase } from 'pg'
import { type Catalog, type ComparedObjects, readCatalog } from '../difference/index.ts'
import { fingerprintExcludes } from '../environment/index.ts'
import {
  type Fingerprint,
  type FingerprintObject,
  type FingerprintOptions,
  fingerprintFollower,
  fingerprintHash,
  readFingerprint,
} from '../postgres/fingerprint/index.ts'

/** A database's state as both observers see it: the difference engine, and our fingerprint. */
export interface State {
  readonly catalog: Catalog
  readonly fingerprint: Fingerprint
}

type Observed = Pick<ComparedObjects, 'schemas' | 'excludes' | 'privileges'>

/** Reads a database with both observers; in a transaction that is open, as that sees it. */
export async function observe(client: ClientBase, scope: Observed): Promise<State> {
  return { catalog: await readCatalog(client, scope), fingerprint: await fingerprintOf(client, scope) }
}

/** Reads the fingerprint of the scope's schemas. */
export function fingerprintOf(client: ClientBase, scope: Observed): Promise<Fingerprint> {
  return readFingerprint(client, fingerprintOptions(scope))
}

/** Reads the fingerprint of the scope's schemas again and again, as {@link fingerprintFollower} does. */
export function followingFingerprint(scope: Observed): (client: ClientBase) => Promise<Fingerprint> {
  return fingerprintFollower(fingerprintOptions(scope))
}

function fingerprintOptions({ schemas, privileges, excludes }: Observed): FingerprintOptions {
  const exclude = fingerprintExcludes(excludes)
  return { schemas, privileges, owners: privileges, ignoreGeneratedNames: true, exclude }
}

/** The fingerprint of each of the scope's schemas, by its name, from one reading of all. */
export async function fingerprintsBySchema(
  client: ClientBase,
  scope: Observed,
): Promise<ReadonlyMap<string, Fingerprint>> {
  const { objects, unknown } = await fingerprintOf(client, scope)
  const own = new Map(scope.schemas.map((schema) => [schema, new Map<string, FingerprintObject>()]))
  for (const [identity, object] of objects) own.get(object.schema)?.set(identity, object)
  return new Map(
    [...own].map(([schema, found]) => [
      schema,
      {
        objects: found,
        unknown: unknown.filter((each) => each.schema === undefined || each.schema === schema),
        hash: fingerprintHash(found),
      },
    ]),
  )
}
