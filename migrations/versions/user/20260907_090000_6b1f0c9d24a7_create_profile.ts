/**
 * create profile
 *
 * Revision: 6b1f0c9d24a7
 * Revises:
 * Created: 2026-09-07T09:00:00Z
 *
 * Downgrade loses: table rfx_user.profile
 */
import type { Operations } from '../../core/index.ts'

export const revision = '6b1f0c9d24a7'
export const downRevision = null
export const dependsOn: string[] = []
export const branchLabels: string[] = []

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(
    `CREATE TYPE ${op.schema}.account_status AS ENUM ('invited', 'active', 'suspended', 'closed')`,
  )
  await op.execute(`
    CREATE TABLE ${op.schema}.profile (
      id uuid NOT NULL DEFAULT gen_random_uuid(),
      email text NOT NULL,
      display_name text NOT NULL,
      status ${op.schema}.account_status NOT NULL DEFAULT 'invited',
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT profile_pkey PRIMARY KEY (id),
      CONSTRAINT profile_email_check CHECK (email ~ '^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$'),
      CONSTRAINT profile_display_name_check CHECK (btrim(display_name) <> '')
    )`)
  // A closed account frees its address.
  await op.execute(`
    CREATE UNIQUE INDEX profile_email_key ON ${op.schema}.profile (lower(email)) WHERE status <> 'closed'`)
  await op.execute(`COMMENT ON TABLE ${op.schema}.profile IS 'One row per person, whoever invited them.'`)
  await op.execute(`
    COMMENT ON COLUMN ${op.schema}.profile.email IS 'As typed; compared without regard to case.'`)
}

export async function downgrade(op: Operations): Promise<void> {
  await op.execute(`DROP TABLE ${op.schema}.profile`)
  await op.execute(`DROP TYPE ${op.schema}.account_status`)
}
