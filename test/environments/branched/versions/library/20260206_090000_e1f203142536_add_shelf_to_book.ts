/**
 * add shelf to book
 *
 * Revision: e1f203142536
 * Revises: d1e2f3041526
 * Created: 2026-02-06T09:00:00Z
 */
import type { Operations } from '../../../../../migrations/core/index.ts'

export const revision = 'e1f203142536'
export const downRevision = 'd1e2f3041526'
export const dependsOn: string[] = []
export const branchLabels: string[] = []

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(`
    ALTER TABLE ${op.schema}.book
      ADD COLUMN shelf_id bigint CONSTRAINT book_shelf_id_fkey REFERENCES ${op.schema}.shelf (id)`)
  await op.execute(`CREATE INDEX book_shelf_id_idx ON ${op.schema}.book (shelf_id)`)
}

export async function downgrade(op: Operations): Promise<void> {
  await op.execute(`ALTER TABLE ${op.schema}.book DROP COLUMN shelf_id`)
}
