/**
 * create account
 *
 * Revision: d1e2f3a4b5c6
 * Revises:
 * Created: 2026-03-02T09:00:00Z
 */
import type { Operations } from '../../../../../migrations/core/index.ts'

export const revision = 'd1e2f3a4b5c6'
export const downRevision = null
// The single line goes first by itself when a tenant needs it.
export const dependsOn: string[] = ['c0a1b2c3d4e5']
export const branchLabels: string[] = []

export async function upgrade(op: Operations): Promise<void> {
  // No schema name: search_path is the tenant's.
  await op.execute(`
    CREATE TABLE account (
      id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT account_pkey PRIMARY KEY,
      email text NOT NULL,
      plan text NOT NULL CONSTRAINT account_plan_fkey REFERENCES ${op.schemas.catalog}.plan (code)
    )`)
}

export async function downgrade(op: Operations): Promise<void> {
  await op.execute(`DROP TABLE account`)
}
