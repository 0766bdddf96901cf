/**
 * create loan
 *
 * Revision: f0a1b2c3d4e5
 * Revises:
 * Depends on: a0010f3c5e71
 * Created: 2026-02-10T09:00:00Z
 */
import type { Operations } from '../../../../../migrations/core/index.ts'

export const revision = 'f0a1b2c3d4e5'
export const downRevision = null
export const dependsOn: string[] = ['a0010f3c5e71']
export const branchLabels: string[] = []

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(`
    CREATE TABLE ${op.schema}.loan (
      id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT loan_pkey PRIMARY KEY,
      book_id bigint NOT NULL
        CONSTRAINT loan_book_id_fkey REFERENCES ${op.schemas.library}.book (id),
      due date NOT NULL
    )`)
}

export async function downgrade(op: Operations): Promise<void> {
  await op.execute(`DROP TABLE ${op.schema}.loan`)
}
