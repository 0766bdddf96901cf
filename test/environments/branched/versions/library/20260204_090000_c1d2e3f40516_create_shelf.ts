/**
 * create shelf
 *
 * Revision: c1d2e3f40516
 * Revises: a0010f3c5e71
 * Branch labels: shelves
 * Created: 2026-02-04T09:00:00Z
 */
import type { Operations } from '../../../../../migrations/core/index.ts'

export const revision = 'c1d2e3f40516'
export const downRevision = 'a0010f3c5e71'
export const dependsOn: string[] = []
export const branchLabels: string[] = ['shelves']

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(`
    CREATE TABLE ${op.schema}.shelf (
      id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT shelf_pkey PRIMARY KEY,
      room text NOT NULL
    )`)
}

export async function downgrade(op: Operations): Promise<void> {
  await op.execute(`DROP TABLE ${op.schema}.shelf`)
}
