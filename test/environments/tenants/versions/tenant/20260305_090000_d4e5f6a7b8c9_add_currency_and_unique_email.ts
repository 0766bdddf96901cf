/**
 * add currency and unique email
 *
 * Revision: d4e5f6a7b8c9
 * Revises: d3e4f5a6b7c8
 * Created: 2026-03-05T09:00:00Z
 */
import type { Operations } from '../../../../../migrations/core/index.ts'

export const revision = 'd4e5f6a7b8c9'
export const downRevision = 'd3e4f5a6b7c8'
export const dependsOn: string[] = []
export const branchLabels: string[] = []

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(`ALTER TABLE invoice ADD COLUMN currency text NOT NULL DEFAULT 'EUR'`)
  const { currency } = op.x
  if (currency !== undefined) await op.execute(op.sql`UPDATE invoice SET currency = ${currency}`)
  await op.execute(`CREATE UNIQUE INDEX account_email_key ON account (lower(email))`)
}

export async function downgrade(op: Operations): Promise<void> {
  await op.execute(`DROP INDEX account_email_key`)
  await op.execute(`ALTER TABLE invoice DROP COLUMN currency`)
}
