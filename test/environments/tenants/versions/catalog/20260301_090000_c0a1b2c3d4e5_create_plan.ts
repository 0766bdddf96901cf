/**
 * create plan
 *
 * Revision: c0a1b2c3d4e5
 * Revises:
 * Created: 2026-03-01T09:00:00Z
 */
import type { Operations } from '../../../../../migrations/core/index.ts'

export const revision = 'c0a1b2c3d4e5'
export const downRevision = null
export const dependsOn: string[] = []
export const branchLabels: string[] = []

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(`
    CREATE TABLE ${op.schema}.plan (
      code text CONSTRAINT plan_pkey PRIMARY KEY,
      seats integer NOT NULL CONSTRAINT plan_seats_check CHECK (seats > 0)
    )`)
}

export async function downgrade(op: Operations): Promise<void> {
  await op.execute(`DROP TABLE ${op.schema}.plan`)
}
