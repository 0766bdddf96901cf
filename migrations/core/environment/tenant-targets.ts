import { commaList } from '../comma-list.ts'
import { MigError } from '../errors.ts'

/** Which tenants of a line a command is for. */
export type TenantSelection =
  | { readonly kind: 'all' }
  /** Names, and patterns with `*` and `?`; `whole` is the text that they stand in, which may be one odd name. */
  | { readonly kind: 'names'; readonly names: readonly string[]; readonly whole?: string }
  /** Positions in the list of tenants, from 0, the end exclusive; null is the end of the list. */
  | { readonly kind: 'range'; readonly start: number; readonly end: number | null }

export interface TenantTargets {
  /** Null: the command line names none. */
  readonly selection: TenantSelection | null
  /** Only tenants of these shards; null: of all. */
  readonly shards: readonly string[] | null
  /** Make the schema of a tenant that nobody knows. */
  readonly createSchema: boolean
}

export const noTargets: TenantTargets = { selection: null, shards: null, createSchema: false }

/**
 * Reads `--tenants`: `all`, `a,b`, `eu_*`, or `0:100`.
 * @throws MigError `bad-tenant-range` for a range with a sign, or without any end, which a script's empty variables
 *   leave; `no-tenant-targets` for an empty text.
 */
export function readTenantSelection(text: string): TenantSelection {
  const value = text.trim()
  if (value === 'all' || value === '*') return { kind: 'all' }
  if (/^[-+]?\d*:[-+]?\d*$/.test(value) && !/^(\d+:\d*|:\d+)$/.test(value)) {
    throw new MigError('bad-tenant-range', `--tenants ${value} is not a range of positions in the list`, {
      help: 'it counts from 0 and its end is exclusive, as in --tenants 0:100 or --tenants 100:; for every tenant: --tenants all',
    })
  }
  const [, start, end] = /^(\d*):(\d*)$/.exec(value) ?? []
  if (start !== undefined && end !== undefined)
    return { kind: 'range', start: Number(start), end: end === '' ? null : Number(end) }
  return namedTenants(text, '--tenants')
}

/**
 * Names and patterns with commas between them.
 * @param what the flag or key, for the error
 * @throws MigError `no-tenant-targets` for an empty text.
 */
export function namedTenants(text: string, what: string): TenantSelection {
  const names = commaList(text)
  if (names.length === 0) {
    throw new MigError('no-tenant-targets', `${what} names no tenant`, { help: waysToName })
  }
  return { kind: 'names', names, ...(names[0] === text ? {} : { whole: text }) }
}

/** The targets with a selection. @throws MigError `tenant-targets` when they have one already. */
export function withTargets(targets: TenantTargets, selection: TenantSelection): TenantTargets {
  if (targets.selection !== null) {
    throw new MigError('tenant-targets', 'the tenants are named in two ways', { help: waysToName })
  }
  return { ...targets, selection }
}

/** How the tenants of a command are named. */
export const waysToName =
  'name the tenants in one way: --tenants all (or -x upgrade_all_tenants=true), --tenants a,b or a glob (or -x schemas=a,b), --tenants 0:100 (or -x tenant_range_start=0 -x tenant_range_end=100), or --shard NAME'
