/**
 * search messages and show the inbox
 *
 * Revision: be60f8c2917d
 * Revises: 5ea4107bd93c
 * Created: 2026-11-02T16:00:00Z
 */
import type { Operations } from '../../core/index.ts'

export const revision = 'be60f8c2917d'
export const downRevision = '5ea4107bd93c'
export const dependsOn: string[] = []
export const branchLabels: string[] = []

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(`
    CREATE INDEX message_search_idx ON ${op.schema}.message
    USING gin (to_tsvector('simple', subject || ' ' || body))`)
  await op.execute(`
    CREATE VIEW ${op.schema}.inbox AS
    SELECT notification.id, notification.profile_id, profile.display_name, message.subject, message.state,
      notification.created_at, notification.read_at
    FROM ${op.schema}.notification AS notification
    JOIN ${op.schema}.message AS message ON message.id = notification.message_id
    JOIN ${op.schemas.user}.profile AS profile ON profile.id = notification.profile_id`)
  await op.execute(`
    COMMENT ON VIEW ${op.schema}.inbox IS 'Notifications with the name of the profile and the subject of the message.'`)
}

export async function downgrade(op: Operations): Promise<void> {
  await op.execute(`DROP VIEW ${op.schema}.inbox`)
  await op.execute(`DROP INDEX ${op.schema}.message_search_idx`)
}
