/**
 * create customer
 *
 * Revision: 10a4c7e2b9d3
 * Revises:
 * Created: 2026-01-05T08:00:00Z
 */
import type { Operations } from '../../../../../migrations/core/index.ts'

export const revision = '10a4c7e2b9d3'
export const downRevision = null
export const dependsOn: string[] = []
export const branchLabels: string[] = []

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(`
    CREATE TABLE ${op.schema}.customer (
      id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT customer_pkey PRIMARY KEY,
      name text NOT NULL
    )`)
}

export async function downgrade(op: Operations): Promise<void> {
  await op.execute(`DROP TABLE ${op.schema}.customer`)
}
