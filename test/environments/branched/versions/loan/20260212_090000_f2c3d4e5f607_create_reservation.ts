/**
 * create reservation
 *
 * Revision: f2c3d4e5f607
 * Revises: f0a1b2c3d4e5
 * Depends on: authors
 * Branch labels: reservations
 * Created: 2026-02-12T09:00:00Z
 */
import type { Operations } from '../../../../../migrations/core/index.ts'

export const revision = 'f2c3d4e5f607'
export const downRevision = 'f0a1b2c3d4e5'
export const dependsOn: string[] = ['authors']
export const branchLabels: string[] = ['reservations']

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(`
    CREATE TABLE ${op.schema}.reservation (
      id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT reservation_pkey PRIMARY KEY,
      author_id bigint NOT NULL
        CONSTRAINT reservation_author_id_fkey REFERENCES ${op.schemas.library}.author (id)
    )`)
}

export async function downgrade(op: Operations): Promise<void> {
  await op.execute(`DROP TABLE ${op.schema}.reservation`)
}
