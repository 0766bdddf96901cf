/**
 * create purchase
 *
 * Revision: 21b5d8f3cae4
 * Revises: 10a4c7e2b9d3
 * Created: 2026-01-06T08:00:00Z
 */
import type { Operations } from '../../../../../migrations/core/index.ts'

export const revision = '21b5d8f3cae4'
export const downRevision = '10a4c7e2b9d3'
export const dependsOn: string[] = []
export const branchLabels: string[] = []

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(`
    CREATE TABLE ${op.schema}.purchase (
      id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT purchase_pkey PRIMARY KEY,
      customer_id bigint NOT NULL
        CONSTRAINT purchase_customer_id_fkey REFERENCES ${op.schema}.customer (id) ON DELETE CASCADE,
      total numeric(12, 2) NOT NULL CONSTRAINT purchase_total_check CHECK (total >= 0)
    )`)
  await op.execute(`CREATE INDEX purchase_customer_id_idx ON ${op.schema}.purchase (customer_id)`)
}

export async function downgrade(op: Operations): Promise<void> {
  await op.execute(`DROP TABLE ${op.schema}.purchase`)
}
