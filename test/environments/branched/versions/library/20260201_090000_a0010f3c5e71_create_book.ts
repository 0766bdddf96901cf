/**
 * create book
 *
 * Revision: a0010f3c5e71
 * Revises:
 * Created: 2026-02-01T09:00:00Z
 */
import type { Operations } from '../../../../../migrations/core/index.ts'

export const revision = 'a0010f3c5e71'
export const downRevision = null
export const dependsOn: string[] = []
export const branchLabels: string[] = []

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(`
    CREATE TABLE ${op.schema}.book (
      id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT book_pkey PRIMARY KEY,
      title text NOT NULL
    )`)
}

export async function downgrade(op: Operations): Promise<void> {
  await op.execute(`DROP TABLE ${op.schema}.book`)
}
