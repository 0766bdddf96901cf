/**
 * add preferences and active_profile view
 *
 * Revision: 1d9a3be8f056
 * Revises: c40e7a51b3d8
 * Created: 2026-10-12T14:15:00Z
 *
 * Downgrade loses: column rfx_user.profile.preferences
 */
import type { Operations } from '../../core/index.ts'

export const revision = '1d9a3be8f056'
export const downRevision = 'c40e7a51b3d8'
export const dependsOn: string[] = []
export const branchLabels: string[] = []

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(`
    ALTER TABLE ${op.schema}.profile
      ADD COLUMN preferences jsonb NOT NULL DEFAULT '{}',
      ADD CONSTRAINT profile_preferences_check CHECK (jsonb_typeof(preferences) = 'object')`)
  await op.execute(`
    CREATE INDEX profile_preferences_idx ON ${op.schema}.profile USING gin (preferences jsonb_path_ops)`)
  await op.execute(`
    COMMENT ON COLUMN ${op.schema}.profile.preferences IS 'What the person has chosen: theme, digest and the like.'`)
  await op.execute(`
    CREATE VIEW ${op.schema}.active_profile AS
    SELECT id, email, display_name, preferences FROM ${op.schema}.profile WHERE status = 'active'`)
  await op.execute(`COMMENT ON VIEW ${op.schema}.active_profile IS 'Profiles that may sign in.'`)
}

export async function downgrade(op: Operations): Promise<void> {
  await op.execute(`DROP VIEW ${op.schema}.active_profile`)
  // Drops its check and its index with it. What people chose does not come back.
  await op.execute(`ALTER TABLE ${op.schema}.profile DROP COLUMN preferences`)
}
