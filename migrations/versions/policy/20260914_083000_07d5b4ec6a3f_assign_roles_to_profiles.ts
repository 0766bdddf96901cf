/**
 * assign roles to profiles
 *
 * Revision: 07d5b4ec6a3f
 * Revises: f2c86e03a91b
 * Depends on: 6b1f0c9d24a7
 * Created: 2026-09-14T08:30:00Z
 *
 * Downgrade loses: table rfx_policy.role_assignment
 */
import type { Operations } from '../../core/index.ts'

export const revision = '07d5b4ec6a3f'
export const downRevision = 'f2c86e03a91b'
export const dependsOn: string[] = ['6b1f0c9d24a7']
export const branchLabels: string[] = []

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(`
    CREATE TABLE ${op.schema}.role_assignment (
      id bigint GENERATED ALWAYS AS IDENTITY,
      profile_id uuid NOT NULL,
      role_id bigint NOT NULL,
      granted_by uuid,
      valid_from timestamptz NOT NULL DEFAULT now(),
      valid_until timestamptz,
      CONSTRAINT role_assignment_pkey PRIMARY KEY (id),
      CONSTRAINT role_assignment_profile_id_role_id_key UNIQUE (profile_id, role_id),
      CONSTRAINT role_assignment_valid_check CHECK (valid_until IS NULL OR valid_until > valid_from),
      CONSTRAINT role_assignment_profile_id_fkey
        FOREIGN KEY (profile_id) REFERENCES ${op.schemas.user}.profile (id) ON DELETE CASCADE,
      CONSTRAINT role_assignment_role_id_fkey
        FOREIGN KEY (role_id) REFERENCES ${op.schema}.role (id) ON DELETE RESTRICT,
      CONSTRAINT role_assignment_granted_by_fkey
        FOREIGN KEY (granted_by) REFERENCES ${op.schemas.user}.profile (id) ON DELETE SET NULL
    )`)
  await op.execute(`CREATE INDEX role_assignment_role_id_idx ON ${op.schema}.role_assignment (role_id)`)
  await op.execute(`
    COMMENT ON TABLE ${op.schema}.role_assignment IS 'Who has which role, and for how long.'`)
  await op.execute(`
    COMMENT ON COLUMN ${op.schema}.role_assignment.valid_until IS 'Exclusive; null means without end.'`)
}

export async function downgrade(op: Operations): Promise<void> {
  await op.execute(`DROP TABLE ${op.schema}.role_assignment`)
}
