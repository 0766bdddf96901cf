import type { ClientBase } from 'pg'
import type { Tenant } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import { readProgress, utcSql } from '../../ledger/index.ts'
import { readFingerprintHashes } from '../../postgres/index.ts'
import { quoteIdent } from '../../postgres/sql/quote.ts'
import { troubleNote } from '../applied/trouble.ts'
import { type HalfDone, halfDoneOf } from '../half-done.ts'
import type { Project } from '../project.ts'
import { type SessionOptions, usingSession } from '../session.ts'
import { tenantExclusion } from './exclusion.ts'
import { byDatabase, nothingApplied, type TenantState, tenantPlanner, tenantStates } from './plan.ts'
import { tenantEnvironment, tenantProject } from './view.ts'

/** Where one tenant stands. */
export interface TenantStanding {
  readonly tenant: Tenant
  /** The applied heads. */
  readonly revisions: readonly string[]
  /**
   * `missing`: a revision that no file has; `absent`: no such schema; `emptied`: it has lost its objects; `disagrees`:
   * the log says something else; `unreachable`: its database does not answer.
   */
  readonly state: 'head' | 'behind' | 'base' | 'missing' | 'absent' | 'emptied' | 'disagrees' | 'unreachable'
  /** Pending revisions of the line. */
  readonly behind: number
  /** Those of them that were put below an applied one. */
  readonly neverRun: readonly string[]
  /** What is wrong with the rows, and what to type about it. */
  readonly trouble: { readonly what: string; readonly help: string } | null
  /** The revision that it is in the middle of. */
  readonly halfDone: HalfDone | null
  /** When the log last says something of it. */
  readonly lastRun: Date | null
  /** Schema-relative: equal for equal structure. */
  readonly fingerprint: string | null
  /** Whether its structure is that of most tenants at the same revisions; null when it was not compared. */
  readonly structure: 'majority' | 'differs' | null
}

export interface StandingsOptions {
  /** Compare the structure of all in one pass; default false. */
  readonly structure?: boolean
  /** Owners and grants are structure too; default false. */
  readonly privileges?: boolean
  /** Read the log for the last run of each; default false. */
  readonly lastRun?: boolean
}

/**
 * Where tenants stand, by a few queries per database whatever their number. Of a database that does not answer it
 * warns, and tells of the others.
 * @throws MigError as `readFingerprintHashes` does; what keeps every database from answering.
 */
export async function tenantStandings(
  project: Project,
  line: string,
  tenants: readonly Tenant[],
  sessions: SessionOptions,
  options: StandingsOptions = {},
): Promise<readonly TenantStanding[]> {
  const unreachable = new Set<Tenant>()
  const states = await tenantStates(project, tenants, { needsLog: false }, sessions, (group, error) => {
    for (const tenant of group) unreachable.add(tenant)
    if (unreachable.size === tenants.length) throw error
    sessions.emit?.({ event: 'warning', ...notAsked(group, error) })
  })
  const reachable = tenants.filter((tenant) => !unreachable.has(tenant))
  const isThere = (tenant: Tenant) => states.get(tenant)?.applied?.exists === true
  const facts = await databaseFacts(project, line, reachable, sessions, { ...options, isThere })
  const pending = pendingCounter(project, line)
  const standings = tenants.map((tenant): TenantStanding => {
    if (unreachable.has(tenant)) return { ...unknownStanding, tenant }
    const stands = states.get(tenant) ?? nothingApplied
    const { rows, applied } = stands
    const { lastRun = null, fingerprint = null, halfDone = null } = facts.get(tenant) ?? {}
    const behind = pending(tenant, stands)
    const state = stateOf(project, stands, behind)
    const trouble = applied === null ? null : troubleNote(project.env, applied)
    const neverRun = applied?.neverRun ?? []
    const known = { tenant, revisions: rows, state, behind, neverRun, trouble, halfDone }
    return { ...known, lastRun, fingerprint, structure: null }
  })
  return options.structure ? withStructure(standings) : standings
}

function stateOf(
  { files }: Pick<Project, 'files'>,
  { rows, applied }: TenantState,
  behind: number,
): TenantStanding['state'] {
  if (applied === null || !applied.exists) return 'absent'
  if (rows.some((id) => !files.has(id))) return 'missing'
  if (applied.trouble?.kind === 'emptied' || applied.trouble?.kind === 'disagrees')
    return applied.trouble.kind
  if (behind === 0) return 'head'
  return rows.length === 0 ? 'base' : 'behind'
}

const unknownStanding: Omit<TenantStanding, 'tenant'> = {
  ...{ revisions: [], state: 'unreachable', behind: 0, neverRun: [], trouble: null, halfDone: null },
  ...{ lastRun: null, fingerprint: null, structure: null },
}

/** The warning about tenants of a database that does not answer. */
export function notAsked(tenants: readonly Tenant[], { code, message, help }: MigError) {
  const shards = [...new Set(tenants.flatMap(({ shard }) => shard ?? []))]
  const where = shards.length === 0 ? '' : ` of ${shards.join(', ')}`
  const count = `${tenants.length} tenant${tenants.length === 1 ? '' : 's'}`
  return {
    code,
    message: `${count}${where} cannot be asked: ${message}`,
    ...(help === undefined ? {} : { help }),
  }
}

/** Marks who has the structure that most tenants at the same revisions have. Pure. */
function withStructure(standings: readonly TenantStanding[]): readonly TenantStanding[] {
  const counts = new Map<string, Map<string, number>>()
  const keyOf = ({ revisions }: TenantStanding) => revisions.join(' ')
  for (const standing of standings) {
    if (standing.fingerprint === null) continue
    const hashes = counts.get(keyOf(standing)) ?? new Map<string, number>()
    hashes.set(standing.fingerprint, (hashes.get(standing.fingerprint) ?? 0) + 1)
    counts.set(keyOf(standing), hashes)
  }
  const majority = new Map(
    [...counts].map(([key, hashes]) => [key, [...hashes].toSorted((a, b) => b[1] - a[1])[0]?.[0]]),
  )
  return standings.map((standing) => ({
    ...standing,
    structure:
      standing.fingerprint === null
        ? null
        : standing.fingerprint === majority.get(keyOf(standing))
          ? 'majority'
          : 'differs',
  }))
}

interface Facts {
  readonly lastRun: Date | null
  readonly fingerprint: string | null
  readonly halfDone: HalfDone | null
}

async function databaseFacts(
  project: Project,
  line: string,
  tenants: readonly Tenant[],
  sessions: SessionOptions,
  options: StandingsOptions & { readonly isThere: (tenant: Tenant) => boolean },
): Promise<ReadonlyMap<Tenant, Facts>> {
  const { env } = project
  const facts = new Map<Tenant, Facts>()
  for (const [databaseUrl, group] of byDatabase(tenants)) {
    await usingSession(tenantEnvironment(env, databaseUrl), sessions, async ({ client }) => {
      const schemas = group.map(({ schema }) => schema)
      const progress = await readProgress(client, env.ledgerSchema, schemas)
      const halfDone = new Map(
        progress.map((row) => [
          row.targetSchema,
          halfDoneOf({ ...row, line }, project.files, row.targetSchema),
        ]),
      )
      const lastRuns = options.lastRun ? await readLastRuns(client, env.ledgerSchema) : new Map()
      const hashes = options.structure
        ? await readFingerprintHashes(client, {
            schemas: group.filter(options.isThere).map(({ schema }) => schema),
            exclude: tenantExclusion(env, line),
            ignoreGeneratedNames: true,
            privileges: options.privileges === true,
            owners: options.privileges === true,
          })
        : new Map<string, string>()
      for (const tenant of group) {
        facts.set(tenant, {
          lastRun: lastRuns.get(tenant.schema) ?? null,
          fingerprint: hashes.get(tenant.schema) ?? null,
          halfDone: halfDone.get(tenant.schema) ?? null,
        })
      }
    })
  }
  return facts
}

async function readLastRuns(client: ClientBase, ledgerSchema: string): Promise<ReadonlyMap<string, Date>> {
  const { rows: found } = await client.query<{ exists: boolean }>(
    'SELECT pg_catalog.to_regclass($1) IS NOT NULL AS exists',
    [`${quoteIdent(ledgerSchema)}.log`],
  )
  if (!found[0]?.exists) return new Map()
  const { rows } = await client.query<{ schema: string; at: string }>(
    `SELECT target_schema AS schema, ${utcSql('max(at)')} AS at FROM ${quoteIdent(ledgerSchema)}.log GROUP BY target_schema`,
  )
  return new Map(rows.map(({ schema, at }) => [schema, new Date(at)]))
}

/** Counts pending revisions once for all tenants that stand alike. */
function pendingCounter(project: Project, line: string): (tenant: Tenant, state: TenantState) => number {
  const request = { line, direction: 'upgrade', target: 'heads', allowMissing: true } as const
  const planner = tenantPlanner(project, request, new Map())
  return (tenant, { rows, applied }) => {
    const known = rows.filter((id) => project.files.has(id))
    try {
      // Rows that are not to be trusted still say how far they are behind.
      const trusted = applied === null ? null : { ...applied, trouble: null }
      const steps = planner.stepsOf(tenant, { rows: known, recent: [], applied: trusted })
      return steps.filter((step) => step.line === line).length
    } catch (error) {
      // A dependency on another tenant line cannot be planned; the history still counts.
      if (!(error instanceof MigError)) throw error
      return tenantProject(project, tenant).graph.pending({ applied: known, lines: [line] }).length
    }
  }
}
