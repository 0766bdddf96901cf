/**
 * add paid at to purchase
 *
 * Revision: 54e80b26fd17
 * Revises: 43d7fa15ec06
 * Created: 2026-01-09T08:00:00Z
 */
import type { Operations } from '../../../../../migrations/core/index.ts'

export const revision = '54e80b26fd17'
export const downRevision = '43d7fa15ec06'
export const dependsOn: string[] = []
export const branchLabels: string[] = []

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(`ALTER TABLE ${op.schema}.purchase ADD COLUMN paid_at timestamptz`)
  await op.execute(`COMMENT ON COLUMN ${op.schema}.purchase.paid_at IS 'Null while the purchase is open.'`)
}

export async function downgrade(op: Operations): Promise<void> {
  await op.execute(`ALTER TABLE ${op.schema}.purchase DROP COLUMN paid_at`)
}
