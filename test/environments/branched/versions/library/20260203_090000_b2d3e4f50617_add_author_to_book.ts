/**
 * add author to book
 *
 * Revision: b2d3e4f50617
 * Revises: b1c2d3e4f506
 * Created: 2026-02-03T09:00:00Z
 */
import type { Operations } from '../../../../../migrations/core/index.ts'

export const revision = 'b2d3e4f50617'
export const downRevision = 'b1c2d3e4f506'
export const dependsOn: string[] = []
export const branchLabels: string[] = []

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(`
    ALTER TABLE ${op.schema}.book
      ADD COLUMN author_id bigint CONSTRAINT book_author_id_fkey REFERENCES ${op.schema}.author (id)`)
  await op.execute(`CREATE INDEX book_author_id_idx ON ${op.schema}.book (author_id)`)
}

export async function downgrade(op: Operations): Promise<void> {
  await op.execute(`ALTER TABLE ${op.schema}.book DROP COLUMN author_id`)
}
