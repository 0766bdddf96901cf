// The wanted state of the message line: Drizzle, with references to the profiles of the user line.
import { sql } from 'drizzle-orm'
import {
  bigint,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgPolicy,
  pgSchema,
  smallint,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'
import { profile } from './user.ts'

const name = process.env.RFX_MESSAGE_SCHEMA || 'rfx_message'
const schema = pgSchema(name)

export const channel = schema.enum('channel', ['email', 'sms', 'push', 'in_app'])
export const messageState = schema.enum('message_state', ['queued', 'sending', 'sent', 'failed'])

export const template = schema.table(
  'template',
  {
    id: bigint({ mode: 'bigint' }).generatedAlwaysAsIdentity().primaryKey(),
    key: text().notNull(),
    locale: text().notNull().default('en'),
    channel: channel().notNull(),
    version: integer().notNull().default(1),
    subject: text(),
    body: text().notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    unique('template_key_locale_channel_version_key').on(
      table.key,
      table.locale,
      table.channel,
      table.version,
    ),
    check('template_subject_check', sql`${table.channel} <> 'email' OR ${table.subject} IS NOT NULL`),
    check('template_version_check', sql`${table.version} > 0`),
  ],
)

export const message = schema.table(
  'message',
  {
    id: uuid().primaryKey().defaultRandom(),
    templateId: bigint('template_id', { mode: 'bigint' }),
    senderId: uuid('sender_id'),
    recipientId: uuid('recipient_id').notNull(),
    channel: channel().notNull(),
    subject: text().notNull().default(''),
    body: text().notNull(),
    state: messageState().notNull().default('queued'),
    attempts: smallint().notNull().default(0),
    queuedAt: timestamp('queued_at', { withTimezone: true }).notNull().defaultNow(),
    sentAt: timestamp('sent_at', { withTimezone: true }),
  },
  (table) => [
    foreignKey({
      name: 'message_template_id_fkey',
      columns: [table.templateId],
      foreignColumns: [template.id],
    }).onDelete('set null'),
    foreignKey({
      name: 'message_sender_id_fkey',
      columns: [table.senderId],
      foreignColumns: [profile.id],
    }).onDelete('set null'),
    foreignKey({
      name: 'message_recipient_id_fkey',
      columns: [table.recipientId],
      foreignColumns: [profile.id],
    }).onDelete('cascade'),
    check('message_attempts_check', sql`${table.attempts} >= 0`),
    check('message_sent_at_check', sql`(${table.state} = 'sent') = (${table.sentAt} IS NOT NULL)`),
    index('message_recipient_id_idx').on(table.recipientId),
    index('message_queued_idx').on(table.queuedAt).where(sql`${table.state} = 'queued'`),
    index('message_search_idx').using(
      'gin',
      sql`to_tsvector('simple', ${table.subject} || ' ' || ${table.body})`,
    ),
  ],
)

export const notification = schema.table(
  'notification',
  {
    id: bigint({ mode: 'bigint' }).generatedAlwaysAsIdentity().primaryKey(),
    messageId: uuid('message_id').notNull(),
    profileId: uuid('profile_id').notNull(),
    payload: jsonb().notNull().default({}),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    readAt: timestamp('read_at', { withTimezone: true }),
  },
  (table) => [
    foreignKey({
      name: 'notification_message_id_fkey',
      columns: [table.messageId],
      foreignColumns: [message.id],
    }).onDelete('cascade'),
    foreignKey({
      name: 'notification_profile_id_fkey',
      columns: [table.profileId],
      foreignColumns: [profile.id],
    }).onDelete('cascade'),
    index('notification_message_id_idx').on(table.messageId),
    index('notification_unread_idx')
      .on(table.profileId, table.createdAt.desc().nullsFirst())
      .where(sql`${table.readAt} IS NULL`),
    pgPolicy('notification_own', {
      using: sql`profile_id = nullif(current_setting('rfx.profile_id', true), '')::uuid`,
    }),
  ],
)

export const inbox = schema
  .view('inbox', {
    id: bigint({ mode: 'bigint' }),
    profileId: uuid('profile_id'),
    displayName: text('display_name'),
    subject: text(),
    state: messageState(),
    createdAt: timestamp('created_at', { withTimezone: true }),
    readAt: timestamp('read_at', { withTimezone: true }),
  })
  .as(sql`
    SELECT notification.id, notification.profile_id, profile.display_name, message.subject, message.state,
      notification.created_at, notification.read_at
    FROM ${notification} AS notification
    JOIN ${message} AS message ON message.id = notification.message_id
    JOIN ${profile} AS profile ON profile.id = notification.profile_id
  `)

export const comments = sql.raw(`
COMMENT ON TABLE "${name}".template IS 'Texts by key, locale and channel; a change is a new version.';
COMMENT ON TABLE "${name}".message IS 'What is sent to a profile, once per channel.';
COMMENT ON COLUMN "${name}".message.attempts IS 'How often a channel was tried; the sender gives up at five.';
COMMENT ON TABLE "${name}".notification IS 'What a profile has to read in the application.';
COMMENT ON VIEW "${name}".inbox IS 'Notifications with the name of the profile and the subject of the message.';
`)
