import type { Tenant } from '../../environment/index.ts'
import {
  compareFingerprints,
  type FingerprintChange,
  readFingerprint,
  readFingerprintHashes,
} from '../../postgres/index.ts'
import { withScratchDatabase } from '../../postgres/scratch.ts'
import { type Project, type SessionOptions, usingSession } from '../../runner/index.ts'
import {
  type TenantStanding,
  type TenantTargetList,
  tableFilter,
  tenantEnvironment,
  tenantStandings,
} from '../../runner/tenants/index.ts'
import { tenantStandIn } from '../input.ts'
import { readModelFiles } from '../models/index.ts'
import { modelInput } from '../project.ts'
import { loadAll, scratchOptions } from '../wanted.ts'

/** Tenants whose structure differs from the models in the same way. */
export interface TenantDrift {
  readonly tenants: readonly Tenant[]
  /** What it would take the first of them to look like the models. */
  readonly changes: readonly FingerprintChange[]
}

export interface TenantCheck {
  readonly line: string
  readonly tenants: number
  /** Not at head, or not there. */
  readonly behind: readonly TenantStanding[]
  /** The largest group first. */
  readonly drift: readonly TenantDrift[]
}

/**
 * Compares all tenants with the models by fingerprint, in one pass per database; only one tenant of those that
 * differ alike is looked at closely.
 * @throws MigError as loading the models does; `no-scratch`
 */
export async function checkTenants(
  project: Project,
  { line, tenants }: TenantTargetList,
  sessions: SessionOptions,
): Promise<TenantCheck> {
  const standings = await tenantStandings(project, line, tenants, sessions, { structure: true })
  const options = {
    ...{ schemas: [tenantStandIn(line)], ignoreGeneratedNames: true },
    exclude: tableFilter(project.env, line),
  }
  const wanted = await usingSession(project.env, sessions, async (session) => {
    const input = await modelInput(session, project, false)
    return withScratchDatabase(scratchOptions(input), async ({ client }) => {
      await loadAll(client, await readModelFiles(input.modelsDir, input.cacheDir), input)
      const hashes = await readFingerprintHashes(client, options)
      return {
        hash: hashes.get(tenantStandIn(line)),
        fingerprint: await readFingerprint(client, { ...options, schemaRelative: true }),
      }
    })
  })
  const groups = new Map<string, TenantStanding[]>()
  for (const standing of standings) {
    const { fingerprint } = standing
    if (fingerprint === null || fingerprint === wanted.hash) continue
    groups.set(fingerprint, [...(groups.get(fingerprint) ?? []), standing])
  }
  const drift: TenantDrift[] = []
  for (const group of [...groups.values()].toSorted((a, b) => b.length - a.length)) {
    const [first] = group
    if (first === undefined) continue
    const env = tenantEnvironment(project.env, first.tenant.databaseUrl)
    const live = await usingSession(env, sessions, ({ client }) =>
      readFingerprint(client, { ...options, schemas: [first.tenant.schema], schemaRelative: true }),
    )
    const changes = compareFingerprints(live, wanted.fingerprint)
    drift.push({ tenants: group.map(({ tenant }) => tenant), changes })
  }
  const behind = standings.filter(({ state }) => state !== 'head')
  return { line, tenants: tenants.length, behind, drift }
}
