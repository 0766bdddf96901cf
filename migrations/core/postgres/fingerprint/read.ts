import type { ClientBase } from 'pg'
import { MigError } from '../../errors.ts'
import { assembleObjects } from './assemble.ts'
import { families } from './families/index.ts'
import { fingerprintHash } from './hash.ts'
import { assertRelativeSchemas, withPinnedSession } from './scope.ts'
import type { CatalogRow } from './sql.ts'
import type { Fingerprint, FingerprintOptions } from './types.ts'

/**
 * Reads every object of some schemas from PostgreSQL's own catalogs (14 to 18), in one snapshot. It may be
 * called inside a transaction, which it leaves as it was.
 * @throws MigError `many-relative-schemas` for `schemaRelative` with other than one schema
 * @throws MigError `unreadable-schema` for `schemaRelative` with a schema named `$user`
 */
export async function readFingerprint(client: ClientBase, options: FingerprintOptions): Promise<Fingerprint> {
  const relative = options.schemaRelative ?? false
  if (relative && options.schemas.length !== 1) {
    throw new MigError('many-relative-schemas', 'a schema-relative fingerprint is of one schema', {
      facts: { schemas: options.schemas },
    })
  }
  if (relative) assertRelativeSchemas(options.schemas)
  return withPinnedSession(client, async (version) => {
    const scope = { schemas: options.schemas, relative, columnOrder: options.columnOrder ?? false, version }
    const rows: CatalogRow[] = []
    for (const family of families) for (const row of await family.read(client, scope)) rows.push(row)
    const objects = assembleObjects(rows, [], { exclude: options.exclude })
    return { objects, unknown: [], hash: fingerprintHash(objects) }
  })
}
