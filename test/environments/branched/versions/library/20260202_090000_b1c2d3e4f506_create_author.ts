/**
 * create author
 *
 * Revision: b1c2d3e4f506
 * Revises: a0010f3c5e71
 * Branch labels: authors
 * Created: 2026-02-02T09:00:00Z
 */
import type { Operations } from '../../../../../migrations/core/index.ts'

export const revision = 'b1c2d3e4f506'
export const downRevision = 'a0010f3c5e71'
export const dependsOn: string[] = []
export const branchLabels: string[] = ['authors']

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(`
    CREATE TABLE ${op.schema}.author (
      id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT author_pkey PRIMARY KEY,
      name text NOT NULL
    )`)
}

export async function downgrade(op: Operations): Promise<void> {
  await op.execute(`DROP TABLE ${op.schema}.author`)
}
