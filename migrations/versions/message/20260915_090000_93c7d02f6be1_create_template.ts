/**
 * create template
 *
 * Revision: 93c7d02f6be1
 * Revises:
 * Created: 2026-09-15T09:00:00Z
 *
 * Downgrade loses: table rfx_message.template
 */
import type { Operations } from '../../core/index.ts'

export const revision = '93c7d02f6be1'
export const downRevision = null
export const dependsOn: string[] = []
export const branchLabels: string[] = []

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(`CREATE TYPE ${op.schema}.channel AS ENUM ('email', 'sms', 'push', 'in_app')`)
  await op.execute(`
    CREATE TABLE ${op.schema}.template (
      id bigint GENERATED ALWAYS AS IDENTITY,
      key text NOT NULL,
      locale text NOT NULL DEFAULT 'en',
      channel ${op.schema}.channel NOT NULL,
      version integer NOT NULL DEFAULT 1,
      subject text,
      body text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT template_pkey PRIMARY KEY (id),
      CONSTRAINT template_key_locale_channel_version_key UNIQUE (key, locale, channel, version),
      CONSTRAINT template_subject_check CHECK (channel <> 'email' OR subject IS NOT NULL),
      CONSTRAINT template_version_check CHECK (version > 0)
    )`)
  await op.execute(`
    COMMENT ON TABLE ${op.schema}.template IS 'Texts by key, locale and channel; a change is a new version.'`)
}

export async function downgrade(op: Operations): Promise<void> {
  await op.execute(`DROP TABLE ${op.schema}.template`)
  await op.execute(`DROP TYPE ${op.schema}.channel`)
}
