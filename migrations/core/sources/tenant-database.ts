import type { ClientBase } from 'pg'
import { MigError } from '../errors.ts'
import { catalogName, opening } from '../postgres/index.ts'
import type { ModelFile } from './model.ts'
import { placeOf, where } from './place.ts'
import type { ModelSchemas } from './tenant-schema.ts'

const makes = /^create (extension|publication|event trigger) (?:if not exists )?("(?:[^"]|"")+"|[\w$-]+)/i

/**
 * Refuses what a database has once and models of a tenant line put into the schema of each tenant: an extension there, or
 * a publication or event trigger of its tables and functions.
 * @throws MigError `database-object-in-tenant-model`
 */
export async function refuseInTenants(
  client: ClientBase,
  files: readonly ModelFile[],
  { schemas, tenantKeys }: ModelSchemas,
): Promise<void> {
  const statements = files.flatMap((file) => file.statements).filter(({ sql }) => makes.test(opening(sql)))
  if (tenantKeys.length === 0 || statements.length === 0) return
  const standIns = tenantKeys.flatMap((key) => schemas[key] ?? [])
  const { rows } = await client.query<{ kind: string; name: string }>(query, [standIns])
  for (const { kind, name } of rows) {
    const statement = statements.find(({ sql }) => {
      const [, made = '', given = ''] = makes.exec(opening(sql)) ?? []
      return made.toLowerCase() === kind && catalogName(given) === name
    })
    if (statement === undefined) continue
    throw new MigError(
      'database-object-in-tenant-model',
      `${where(statement)} has ${kind} ${name} in a tenant's schema, and a database can have it only once`,
      {
        help:
          kind === 'extension'
            ? `name a schema that all tenants share: CREATE EXTENSION IF NOT EXISTS ${name} SCHEMA public`
            : `remove it from the models, and write it by hand: just mig-revision "add ${name}"`,
        place: placeOf(statement),
        facts: { kind, name },
      },
    )
  }
}

const query = `
  SELECT 'extension' AS kind, e.extname AS name
    FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
    WHERE n.nspname = ANY ($1::text[])
  UNION SELECT 'publication', t.pubname FROM pg_catalog.pg_publication_tables t
    JOIN pg_catalog.pg_publication p ON p.pubname = t.pubname AND NOT p.puballtables WHERE t.schemaname = ANY ($1::text[])
  UNION SELECT 'event trigger', t.evtname FROM pg_catalog.pg_event_trigger t
    JOIN pg_catalog.pg_proc f ON f.oid = t.evtfoid JOIN pg_catalog.pg_namespace n ON n.oid = f.pronamespace
    WHERE n.nspname = ANY ($1::text[])`
