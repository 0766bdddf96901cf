import { shellWord, tenantExclusion } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import {
  compareFingerprints,
  fingerprintChangesText,
  quoteIdent,
  readFingerprint,
} from '../../postgres/index.ts'
import {
  databaseEnvironment,
  type Project,
  planTargets,
  type Session,
  type SessionOptions,
  targetTenants,
  usingSession,
} from '../../runner/index.ts'
import { scratchOptions, withScratchDatabase } from '../../scratch/database.ts'
import { tenantStandIn } from '../../scratch/lines.ts'
import { runHistory } from '../wanted/history.ts'
import type { ModelInput } from '../wanted/input.ts'

/**
 * A new revision of a tenant line starts from the revisions; the named tenant, else the first one, must be what
 * they make, so that the revision fits it.
 * @throws MigError `not-up-to-date`, `tenant-drift` with what differs
 */
export async function expectTenantBase(
  { emit, signal }: Session,
  project: Project,
  line: string,
  input: ModelInput,
): Promise<void> {
  const sessions: SessionOptions = { emit, ...(signal === undefined ? {} : { signal }) }
  const tenants = await targetTenants(project.env, line, sessions, 'all')
  const [tenant] = tenants
  if (tenant === undefined) return
  const request = { direction: 'upgrade', target: 'heads' } as const
  const { work } = await planTargets(
    project,
    { lines: [line], tenantLine: line },
    [tenant],
    request,
    sessions,
  )
  if (work.length > 0) {
    throw new MigError(
      'not-up-to-date',
      `Target database is not up to date: tenant ${tenant.schema} is not at head`,
      {
        help: `just mig-upgrade head ${line} --tenants ${shellWord(tenant.schema)}, or name another with --tenants, or --from-history`,
        facts: { line, targetSchema: tenant.schema },
      },
    )
  }
  const options = {
    ...{ schemaRelative: true, ignoreGeneratedNames: true },
    exclude: tenantExclusion(project.env, line, tenant.schema),
  }
  const env = databaseEnvironment(project.env, tenant.databaseUrl)
  const live = await usingSession(env, sessions, ({ client }) =>
    readFingerprint(client, { ...options, schemas: [tenant.schema] }),
  )
  // Which extensions the server lacks is told when the models are loaded, or the history for good.
  const { emit: _, ...silent } = input
  const replayed = await withScratchDatabase(scratchOptions(input), async ({ client }) => {
    for (const { schema } of input.lines)
      await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdent(schema)}`)
    await runHistory(client, project, silent)
    return readFingerprint(client, { ...options, schemas: [tenantStandIn(line)] })
  })
  const changes = compareFingerprints(replayed, live)
  if (changes.length === 0) return
  throw new MigError(
    'tenant-drift',
    `tenant ${tenant.schema} differs from what its revisions create:\n${fingerprintChangesText(changes)}`,
    {
      help: 'name another tenant with --tenants NAME, or leave tenants out of it with --from-history',
      facts: { line, targetSchema: tenant.schema, changes },
    },
  )
}
