import type { Change } from '../../change.ts'
import { type TargetSchema, tenantExclusion } from '../../environment/index.ts'
import { type Fingerprint, readFingerprint } from '../../postgres/index.ts'
import {
  databaseEnvironment,
  type LineStatus,
  type Project,
  type SessionOptions,
  usingSession,
} from '../../runner/index.ts'
import type { CheckOptions, Drift } from '../result.ts'

/** What a tenant should look like, in whatever schema. */
export interface Expected {
  /** As `readFingerprintHashes` has it; null for an empty schema. */
  readonly hash: string | null
  readonly fingerprint: Fingerprint
}

interface Telling {
  /** The difference in words, which way round it is told. */
  readonly told: (live: Fingerprint, expected: Fingerprint) => readonly Change[]
}

/** How many groups of tenants that differ alike are looked at closely. */
const groupsDetailed = 10

/**
 * The tenants that are not what they should be, those that differ alike together, the largest group first. Only one
 * tenant of a group is looked at closely, and of so many groups.
 * @param expectedOf undefined for a tenant that is not compared
 */
export async function differingTenants(
  project: Project,
  statuses: readonly LineStatus[],
  expectedOf: (status: LineStatus) => Expected | undefined,
  comparison: CheckOptions & Telling,
  sessions: SessionOptions,
): Promise<readonly Drift[]> {
  const groups = new Map<string, { readonly expected: Expected; readonly targets: TargetSchema[] }>()
  for (const status of statuses) {
    const expected = expectedOf(status)
    if (expected === undefined || !differs(status, expected.hash)) continue
    const key = `${expected.hash} ${status.fingerprint}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { expected, targets: [status.target] })
    else group.targets.push(status.target)
  }
  const largest = [...groups.values()].toSorted((a, b) => b.targets.length - a.targets.length)
  const drift: Drift[] = []
  for (const [at, { expected, targets }] of largest.entries()) {
    const [first] = targets
    const detailed = first !== undefined && at < groupsDetailed
    const live = detailed ? await liveFingerprint(project, first, comparison, sessions) : undefined
    const changes = live === undefined ? null : comparison.told(live, expected.fingerprint)
    drift.push({ line: first?.line ?? '', targets, changes, statements: [] })
  }
  return drift
}

/** Has any of the tenants that can be looked at another structure? */
export function someDiffer(statuses: readonly LineStatus[], hash: Expected['hash']): boolean {
  return statuses.some((status) => differs(status, hash))
}

function differs({ state, fingerprint }: LineStatus, hash: Expected['hash']): boolean {
  return state !== 'absent' && state !== 'unreachable' && fingerprint !== hash
}

/** What fingerprints of tenants are read with. */
export function comparedBy({ privileges }: Pick<CheckOptions, 'privileges'>) {
  return { privileges, owners: privileges, ignoreGeneratedNames: true } as const
}

function liveFingerprint(
  { env }: Project,
  tenant: TargetSchema,
  comparison: CheckOptions,
  sessions: SessionOptions,
): Promise<Fingerprint> {
  const options = { ...comparedBy(comparison), schemas: [tenant.schema], schemaRelative: true }
  const exclude = tenantExclusion(env, tenant.line)
  return usingSession(databaseEnvironment(env, tenant.databaseUrl), sessions, ({ client }) =>
    readFingerprint(client, { ...options, exclude }),
  )
}
