import type { TenantSource } from './tenant-source.ts'

/** The history of one key: its folders and the schema, or tenants, that it is applied to. */
export interface Line {
  readonly key: string
  /** The physical schema; null for a tenant line. */
  readonly schema: string | null
  readonly tenants: TenantSource | null
  /** Absolute folders that hold its revisions; new ones go into the first. */
  readonly locations: readonly string[]
}
