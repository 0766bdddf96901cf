import type { ClientBase } from 'pg'
import { MigError } from '../errors.ts'
import { type AppliedRows, readApplied } from '../ledger/index.ts'
import { onConnection } from '../postgres/index.ts'
import { type Project, planRange } from '../runner/index.ts'
import { lineTargets } from '../scratch/lines.ts'
import { changedRevisions } from '../verify/changed.ts'

/** The revisions to look at, and the tables that they would meet. */
export interface ChosenRevisions {
  readonly ids: ReadonlySet<string>
  /** Whether they go out in one run, so that what one makes is new to the next. */
  readonly together: boolean
  /** By `schema.name`; empty without a configured database. */
  readonly sizes: ReadonlyMap<string, LiveSize>
}

export interface Choice {
  /** `a:b` or one revision; empty for none. */
  readonly range: string
  /** Only what is new against this git base; empty for the default one. */
  readonly changed?: string
  readonly signal?: AbortSignal
}

/**
 * The revisions of a range, or those that a git base does not have; without either, what is pending in the configured
 * database, or everything when none is configured, each revision then by itself.
 * @throws MigError `bad-range` for a range that leads down, or beside a base; `no-git-base` and the like; the errors of
 *   `connect`
 */
export async function chosenRevisions(
  project: Project,
  { range, changed, signal }: Choice,
): Promise<ChosenRevisions> {
  const { env, files } = project
  if (range !== '' && changed !== undefined) {
    throw new MigError('bad-range', `${JSON.stringify(range)} and --changed both choose the revisions`, {
      help: 'give only one, as in just mig-lint user --changed',
    })
  }
  const ranged =
    changed !== undefined
      ? (await changedRevisions(project, changed)).added
      : range === ''
        ? undefined
        : idsOfRange(project, range)
  if (env.databaseUrl === null) {
    const all = [...files.values()].filter(({ line }) => env.filter.includes(line))
    const ids = ranged ?? new Set(all.map(({ revision }) => revision))
    return { ids, together: ranged !== undefined, sizes: new Map() }
  }
  const { databaseUrl: url } = env
  return onConnection({ url, applicationName: 'just-mig', signal }, async (client) => {
    const applied = await readApplied(client, env.ledgerSchema)
    const sizes = new Map([
      ...(await liveSizes(client, Object.values(env.schemas))),
      ...(await tenantSizes(client, project, applied)),
    ])
    const ids = ranged ?? pendingIds(project, applied)
    return { ids, together: true, sizes }
  })
}

function idsOfRange(project: Project, range: string): ReadonlySet<string> {
  const { direction, steps } = planRange(project, range.includes(':') ? range : `${range}-1:${range}`)
  if (direction === 'upgrade') return new Set(steps.map(({ revision }) => revision))
  throw new MigError('bad-range', `${JSON.stringify(range)} is a downgrade, and mig-lint checks upgrades`, {
    help: 'write the older side first, as in base:head',
  })
}

/** Of a tenant line the largest table among its tenants counts; it goes by the name that the line's stand-in has. */
async function tenantSizes(
  client: ClientBase,
  project: Project,
  applied: AppliedRows,
): Promise<readonly (readonly [string, LiveSize])[]> {
  const sizes: (readonly [string, LiveSize])[] = []
  for (const { key, schema: standIn } of lineTargets(project).filter(({ tenant }) => tenant)) {
    const isTenant = (ids: readonly string[]) => ids.some((id) => project.files.get(id)?.line === key)
    const schemas = [...applied].flatMap(([schema, ids]) => (isTenant(ids) ? [schema] : []))
    const all = [...(await liveSizes(client, schemas))].toSorted(([, a], [, b]) => a.bytes - b.bytes)
    sizes.push(
      ...all.map(([name, size]) => [`${standIn}.${name.slice(name.indexOf('.') + 1)}`, size] as const),
    )
  }
  return sizes
}

/** What the ledger has nowhere; a revision that some tenant has is not new. */
function pendingIds({ env, files, graph }: Project, rows: AppliedRows): ReadonlySet<string> {
  const applied = graph.applied([...rows.values()].flat().filter((id) => files.has(id)))
  const pending = [...files.values()].filter(
    ({ line, revision }) => env.filter.includes(line) && !applied.has(revision),
  )
  return new Set(pending.map(({ revision }) => revision))
}

/** How large a table is where it matters. */
export interface LiveSize {
  readonly bytes: number
  /** The planner's estimate; null for a table that was never analyzed. */
  readonly rows: number | null
}

/**
 * Sizes of all tables of some schemas, by `schema.name`; a partitioned table counts its partitions. Reads catalogs
 * only: no table is touched.
 */
async function liveSizes(
  client: ClientBase,
  schemas: readonly string[],
): Promise<ReadonlyMap<string, LiveSize>> {
  const { rows } = await client.query<{ name: string; bytes: string; rows: number | null }>(
    `SELECT n.nspname || '.' || c.relname AS name,
       CASE WHEN c.relkind = 'p' THEN parts.bytes ELSE pg_table_size(c.oid) END::text AS bytes,
       CASE WHEN c.relkind = 'p' THEN parts.rows WHEN c.reltuples >= 0 THEN c.reltuples END::float8 AS rows
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     CROSS JOIN LATERAL (
       SELECT coalesce(sum(pg_table_size(p.oid)), 0) AS bytes, sum(greatest(p.reltuples, 0)) AS rows
       FROM pg_partition_tree(c.oid) t JOIN pg_class p ON p.oid = t.relid WHERE t.isleaf
     ) AS parts
     WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname = ANY ($1)`,
    [schemas],
  )
  return new Map(rows.map(({ name, bytes, rows: count }) => [name, { bytes: Number(bytes), rows: count }]))
}
