/**
 * create message and notification
 *
 * Revision: 5ea4107bd93c
 * Revises: 93c7d02f6be1
 * Depends on: 6b1f0c9d24a7
 * Created: 2026-09-21T13:00:00Z
 *
 * Downgrade loses: table rfx_message.message
 * Downgrade loses: table rfx_message.notification
 */
import type { Operations } from '../../core/index.ts'

export const revision = '5ea4107bd93c'
export const downRevision = '93c7d02f6be1'
export const dependsOn: string[] = ['6b1f0c9d24a7']
export const branchLabels: string[] = []

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(`CREATE TYPE ${op.schema}.message_state AS ENUM ('queued', 'sending', 'sent', 'failed')`)
  await op.execute(`
    CREATE TABLE ${op.schema}.message (
      id uuid NOT NULL DEFAULT gen_random_uuid(),
      template_id bigint,
      sender_id uuid,
      recipient_id uuid NOT NULL,
      channel ${op.schema}.channel NOT NULL,
      subject text NOT NULL DEFAULT '',
      body text NOT NULL,
      state ${op.schema}.message_state NOT NULL DEFAULT 'queued',
      attempts smallint NOT NULL DEFAULT 0,
      queued_at timestamptz NOT NULL DEFAULT now(),
      sent_at timestamptz,
      CONSTRAINT message_pkey PRIMARY KEY (id),
      CONSTRAINT message_template_id_fkey
        FOREIGN KEY (template_id) REFERENCES ${op.schema}.template (id) ON DELETE SET NULL,
      CONSTRAINT message_sender_id_fkey
        FOREIGN KEY (sender_id) REFERENCES ${op.schemas.user}.profile (id) ON DELETE SET NULL,
      CONSTRAINT message_recipient_id_fkey
        FOREIGN KEY (recipient_id) REFERENCES ${op.schemas.user}.profile (id) ON DELETE CASCADE,
      CONSTRAINT message_attempts_check CHECK (attempts >= 0),
      CONSTRAINT message_sent_at_check CHECK ((state = 'sent') = (sent_at IS NOT NULL))
    )`)
  await op.execute(`CREATE INDEX message_recipient_id_idx ON ${op.schema}.message (recipient_id)`)
  await op.execute(`
    CREATE INDEX message_queued_idx ON ${op.schema}.message (queued_at) WHERE state = 'queued'`)
  await op.execute(`
    CREATE TABLE ${op.schema}.notification (
      id bigint GENERATED ALWAYS AS IDENTITY,
      message_id uuid NOT NULL,
      profile_id uuid NOT NULL,
      payload jsonb NOT NULL DEFAULT '{}',
      created_at timestamptz NOT NULL DEFAULT now(),
      read_at timestamptz,
      CONSTRAINT notification_pkey PRIMARY KEY (id),
      CONSTRAINT notification_message_id_fkey
        FOREIGN KEY (message_id) REFERENCES ${op.schema}.message (id) ON DELETE CASCADE,
      CONSTRAINT notification_profile_id_fkey
        FOREIGN KEY (profile_id) REFERENCES ${op.schemas.user}.profile (id) ON DELETE CASCADE
    )`)
  await op.execute(`CREATE INDEX notification_message_id_idx ON ${op.schema}.notification (message_id)`)
  await op.execute(`
    CREATE INDEX notification_unread_idx ON ${op.schema}.notification (profile_id, created_at DESC)
    WHERE read_at IS NULL`)
  await op.execute(`ALTER TABLE ${op.schema}.notification ENABLE ROW LEVEL SECURITY`)
  await op.execute(`
    CREATE POLICY notification_own ON ${op.schema}.notification
    USING (profile_id = nullif(current_setting('rfx.profile_id', true), '')::uuid)`)
  await op.execute(`
    COMMENT ON TABLE ${op.schema}.message IS 'What is sent to a profile, once per channel.'`)
  await op.execute(`
    COMMENT ON COLUMN ${op.schema}.message.attempts IS 'How often a channel was tried; the sender gives up at five.'`)
  await op.execute(`
    COMMENT ON TABLE ${op.schema}.notification IS 'What a profile has to read in the application.'`)
}

export async function downgrade(op: Operations): Promise<void> {
  await op.execute(`DROP TABLE ${op.schema}.notification`)
  await op.execute(`DROP TABLE ${op.schema}.message`)
  await op.execute(`DROP TYPE ${op.schema}.message_state`)
}
