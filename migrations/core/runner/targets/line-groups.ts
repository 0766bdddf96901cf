import type { Environment, Line } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import type { Project } from '../project.ts'

/** Lines that a command handles together: all single lines of the filter, or one tenant line. */
export interface LineGroup {
  readonly lines: readonly string[]
  /** The tenant line, each of whose target schemas is planned by itself; null for single lines. */
  readonly tenantLine: string | null
}

/** What a run is asked for, as far as it says which lines are meant. */
export interface LinesRequest {
  readonly direction: 'upgrade' | 'downgrade'
  readonly target: string
}

/** The filter by kind of line. */
export function filteredLines({ lines, filter }: Pick<Environment, 'lines' | 'filter'>): {
  readonly single: readonly string[]
  readonly tenant: readonly string[]
} {
  const wanted = lines.filter(({ key }) => filter.includes(key))
  const keys = (isTenant: boolean) =>
    wanted.flatMap(({ key, tenants }) => ((tenants !== null) === isTenant ? [key] : []))
  return { single: keys(false), tenant: keys(true) }
}

/**
 * The groups of the filter's lines, single lines first.
 * @throws MigError `no-tenant-line` if tenants are named and the filter has no line for them
 */
export function lineGroups(env: Environment): readonly LineGroup[] {
  const { single, tenant } = filteredLines(env)
  if (tenant.length === 0) refuseNamedTenants(env)
  return [
    ...(single.length > 0 || tenant.length === 0 ? [{ lines: single, tenantLine: null }] : []),
    ...tenant.map((line) => ({ lines: [line], tenantLine: line })),
  ]
}

/**
 * The lines of a run, in order: in an upgrade single lines come first, since tenants may need them; in a downgrade
 * they come last. A target that names a revision is for its line alone.
 * @throws MigError `mixed-lines` for a target that differs in meaning for single lines and tenants; `no-tenant-line`,
 *   and as the graph does for an unknown target
 */
export function groupsOfRun(project: Project, request: LinesRequest): readonly LineGroup[] {
  const filter = linesOfTarget(project, request)
  const groups = lineGroups({ ...project.env, filter })
  return request.direction === 'upgrade' ? groups : groups.toSorted(singleLast)
}

function singleLast(a: LineGroup, b: LineGroup): number {
  return Number(a.tenantLine === null) - Number(b.tenantLine === null)
}

/** Single lines and tenant lines together take only targets that mean the same for both; a revision names its line. */
function linesOfTarget({ env, graph, files }: Project, { direction, target }: LinesRequest) {
  const { single, tenant } = filteredLines(env)
  const forAll = direction === 'upgrade' ? /^heads?$/ : /^base$/
  if (single.length === 0 || tenant.length === 0 || forAll.test(target)) return env.filter
  if (!/^[-+]\d+$/.test(target)) {
    const ids = graph.resolveAll(target, { lines: env.filter })
    const lines = new Set(ids.flatMap((id) => files.get(id)?.line ?? []))
    if (lines.size > 0) return [...lines]
  }
  throw new MigError(
    'mixed-lines',
    `the target ${target} needs single lines and tenant lines in one command`,
    {
      help: `run two commands: just mig-${direction} ${target} ${single.join(',')}, and just mig-${direction} ${target} ${tenant[0]} --tenants …`,
    },
  )
}

function refuseNamedTenants(env: Environment): void {
  const { selection, shards } = env.targets
  if (selection === null && shards === null) return
  throw noTenantLine(env, 'tenants are named, and the schema filter has no tenant line')
}

function noTenantLine({ lines }: Pick<Environment, 'lines'>, message: string): MigError {
  const keys = lines.flatMap(({ key, tenants }) => (tenants === null ? [] : [key]))
  return new MigError('no-tenant-line', message, {
    help:
      keys.length === 0
        ? "env.ts has no tenant line; add one: schemas: { tenant: { tenants: { like: 'tenant_%' } } }"
        : `name a tenant line as the schema key: ${keys.join(', ')}`,
  })
}

/**
 * The one tenant line of the filter, for what is done with one tenant.
 * @throws MigError `no-tenant-line`, `one-tenant-line`
 */
export function oneTenantLine(env: Environment): string {
  const { tenant } = filteredLines(env)
  const [line, ...more] = tenant
  if (line === undefined) throw noTenantLine(env, 'the schema filter has no tenant line')
  if (more.length === 0) return line
  throw new MigError('one-tenant-line', `there are several tenant lines: ${tenant.join(', ')}`, {
    help: `name one of them as the schema key, as in ${line}`,
  })
}

/**
 * The line of a key, which must be a tenant line.
 * @throws MigError `no-tenant-line`.
 */
export function tenantLine(env: Environment, key: string): Line {
  const line = env.lines.find((each) => each.key === key && each.tenants !== null)
  if (line !== undefined) return line
  throw noTenantLine(env, `"${key}" is not a tenant line`)
}
