/**
 * add email to customer
 *
 * Revision: 43d7fa15ec06
 * Revises: 32c6e904dbf5
 * Created: 2026-01-08T08:00:00Z
 */
import type { Operations } from '../../../../../migrations/core/index.ts'

export const revision = '43d7fa15ec06'
export const downRevision = '32c6e904dbf5'
export const dependsOn: string[] = []
export const branchLabels: string[] = []

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(`ALTER TABLE ${op.schema}.customer ADD COLUMN email text`)
  await op.execute(`
    CREATE UNIQUE INDEX customer_email_key ON ${op.schema}.customer (lower(email)) WHERE email IS NOT NULL`)
}

export async function downgrade(op: Operations): Promise<void> {
  await op.execute(`ALTER TABLE ${op.schema}.customer DROP COLUMN email`)
}
