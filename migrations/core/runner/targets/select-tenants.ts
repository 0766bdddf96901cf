import {
  nearest,
  shellWord,
  type TargetSchema,
  type TenantSelection,
  type TenantTargets,
  waysToName,
} from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import { wildcard } from '../../wildcard.ts'

/** Tenants that a command is for, and those that it may have to make. */
export interface SelectedTenants {
  readonly tenants: readonly TargetSchema[]
  /** Named tenants that the source does not list; only with `create_schema`. */
  readonly unknown: readonly string[]
}

/**
 * The tenants that the targets name, in the order of the list. Pure.
 * @param listed all tenants of the line, in code-point order
 * @throws MigError `no-tenant-targets`, `unknown-tenant` with the nearest name, `unknown-shard`, `bad-tenant-range`,
 *   `ambiguous-tenant` when a name is on several shards.
 */
export function selectTenants(
  line: string,
  listed: readonly TargetSchema[],
  { selection, shards, createSchema }: TenantTargets,
): SelectedTenants {
  if (selection === null && shards === null) throw noneNamed(line, listed.length)
  checkShards(listed, shards)
  const reachable = shards === null ? listed : listed.filter(({ shard }) => shards.includes(shard ?? ''))
  switch (selection?.kind) {
    case undefined:
    case 'all':
      return { tenants: reachable, unknown: [] }
    case 'range':
      return { tenants: inRange(line, listed, selection, reachable), unknown: [] }
    case 'names':
      return named(line, listed, reachable, selection, createSchema)
  }
}

/** @param count how many tenants the line has, where that is known */
export function noneNamed(line: string, count?: number): MigError {
  const message =
    count === undefined
      ? `no tenant of line ${line} is named`
      : `line ${line} has ${count} tenant${count === 1 ? '' : 's'}, and none is named`
  return new MigError('no-tenant-targets', message, {
    help: waysToName,
    facts: { line, tenants: count ?? null },
  })
}

function inRange(
  line: string,
  listed: readonly TargetSchema[],
  { start, end }: TenantSelection & { readonly kind: 'range' },
  reachable: readonly TargetSchema[],
): readonly TargetSchema[] {
  const stop = end ?? listed.length
  const part = listed.slice(start, stop)
  const within = new Set(reachable)
  if (start < stop && part.length > 0) return part.filter((tenant) => within.has(tenant))
  throw new MigError(
    'bad-tenant-range',
    `the range ${start}:${stop} holds none of the ${listed.length} tenants of line ${line}`,
    { help: 'it counts from 0 and its end is exclusive, as in --tenants 0:100', facts: { line, start, end } },
  )
}

function named(
  line: string,
  listed: readonly TargetSchema[],
  reachable: readonly TargetSchema[],
  { names, whole }: TenantSelection & { readonly kind: 'names' },
  createSchema: boolean,
): SelectedTenants {
  const bySchema = new Map<string, readonly TargetSchema[]>()
  for (const tenant of reachable)
    bySchema.set(tenant.schema, [...(bySchema.get(tenant.schema) ?? []), tenant])
  const wanted = new Set<TargetSchema>()
  const unknown = new Set<string>()
  const asOne = whole !== undefined && bySchema.has(whole)
  for (const name of asOne ? [whole] : names) {
    const exact = bySchema.get(name)
    const found = exact ?? (isGlob(name) ? matching(reachable, name) : [])
    if (exact !== undefined && exact.length > 1) throw ambiguousTenant(name, exact)
    if (found.length > 0) for (const tenant of found) wanted.add(tenant)
    else if (createSchema && !isGlob(name)) unknown.add(name)
    else throw unknownTenant(line, listed, name)
  }
  return { tenants: reachable.filter((tenant) => wanted.has(tenant)), unknown: [...unknown] }
}

function isGlob(name: string): boolean {
  return /[*?]/.test(name)
}

function matching(tenants: readonly TargetSchema[], glob: string): readonly TargetSchema[] {
  const matches = wildcard(glob)
  return tenants.filter(({ schema }) => matches(schema))
}

function checkShards(listed: readonly TargetSchema[], shards: readonly string[] | null): void {
  if (shards?.length === 0) {
    throw new MigError('no-tenant-targets', '--shard names no shard', { help: waysToName })
  }
  const known = [...new Set(listed.flatMap(({ shard }) => shard ?? []))]
  for (const shard of shards ?? []) {
    if (known.includes(shard)) continue
    const guess = nearest(shard, known)
    const all = known.length === 0 ? 'the tenants have no shards' : `the shards are ${known.join(', ')}`
    throw new MigError('unknown-shard', `there is no shard "${shard}"`, {
      help: guess === undefined ? all : `did you mean "${guess}"? ${all}`,
      facts: { shard, known },
    })
  }
}

function unknownTenant(line: string, listed: readonly TargetSchema[], name: string): MigError {
  const guess = nearest(
    name,
    listed.map(({ schema }) => schema),
  )
  const make = isGlob(name)
    ? ''
    : `; to make it: just mig-tenant-create ${shellWord(name)}, or -x create_schema=true`
  const what = isGlob(name) ? `no tenant of line ${line} matches` : `line ${line} has no tenant`
  return new MigError('unknown-tenant', `${what} "${name}"`, {
    help: `${guess === undefined ? 'just mig-tenants lists them' : `did you mean "${guess}"?`}${make}`,
    facts: { line, tenant: name, nearest: guess ?? null },
  })
}

/** A name that is on several shards, where one is meant. */
export function ambiguousTenant(name: string, found: readonly TargetSchema[]): MigError {
  const shards = found.map(({ shard }) => shard ?? 'the main database')
  return new MigError('ambiguous-tenant', `the tenant "${name}" is on several shards: ${shards.join(', ')}`, {
    help: 'say which with --shard NAME',
    facts: { tenant: name, shards },
  })
}
