/**
 * create invoice
 *
 * Revision: d2e3f4a5b6c7
 * Revises: d1e2f3a4b5c6
 * Created: 2026-03-03T09:00:00Z
 */
import type { Operations } from '../../../../../migrations/core/index.ts'

export const revision = 'd2e3f4a5b6c7'
export const downRevision = 'd1e2f3a4b5c6'
export const dependsOn: string[] = []
export const branchLabels: string[] = []

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(`
    CREATE TABLE invoice (
      id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT invoice_pkey PRIMARY KEY,
      account_id bigint NOT NULL
        CONSTRAINT invoice_account_id_fkey REFERENCES account (id) ON DELETE CASCADE,
      total numeric(12, 2) NOT NULL
    )`)
  await op.execute(`CREATE INDEX invoice_account_id_idx ON invoice (account_id)`)
}

export async function downgrade(op: Operations): Promise<void> {
  await op.execute(`DROP TABLE invoice`)
}
