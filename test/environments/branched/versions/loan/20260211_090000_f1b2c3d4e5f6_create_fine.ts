/**
 * create fine
 *
 * Revision: f1b2c3d4e5f6
 * Revises: f0a1b2c3d4e5
 * Branch labels: fines
 * Created: 2026-02-11T09:00:00Z
 */
import type { Operations } from '../../../../../migrations/core/index.ts'

export const revision = 'f1b2c3d4e5f6'
export const downRevision = 'f0a1b2c3d4e5'
export const dependsOn: string[] = []
export const branchLabels: string[] = ['fines']

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(`
    CREATE TABLE ${op.schema}.fine (
      loan_id bigint CONSTRAINT fine_pkey PRIMARY KEY
        CONSTRAINT fine_loan_id_fkey REFERENCES ${op.schema}.loan (id) ON DELETE CASCADE,
      amount numeric(6, 2) NOT NULL
    )`)
}

export async function downgrade(op: Operations): Promise<void> {
  await op.execute(`DROP TABLE ${op.schema}.fine`)
}
