// The wanted state of the user line: Drizzle tables, and as SQL what Drizzle has no words for.
import { eq, sql } from 'drizzle-orm'
import { check, index, jsonb, pgSchema, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core'

const name = process.env.RFX_USER_SCHEMA || 'rfx_user'
const schema = pgSchema(name)

export const accountStatus = schema.enum('account_status', ['invited', 'active', 'suspended', 'closed'])

export const profile = schema.table(
  'profile',
  {
    id: uuid().primaryKey().defaultRandom(),
    email: text().notNull(),
    displayName: text('display_name').notNull(),
    status: accountStatus().notNull().default('invited'),
    preferences: jsonb().notNull().default({}),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    check('profile_email_check', sql`${table.email} ~ '^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$'`),
    check('profile_display_name_check', sql`btrim(${table.displayName}) <> ''`),
    check('profile_preferences_check', sql`jsonb_typeof(${table.preferences}) = 'object'`),
    // A closed account frees its address.
    uniqueIndex('profile_email_key').on(sql`lower(${table.email})`).where(sql`${table.status} <> 'closed'`),
    index('profile_preferences_idx').using('gin', table.preferences.op('jsonb_path_ops')),
  ],
)

export const activeProfile = schema.view('active_profile').as((query) =>
  query
    .select({
      id: profile.id,
      email: profile.email,
      displayName: profile.displayName,
      preferences: profile.preferences,
    })
    .from(profile)
    .where(eq(profile.status, 'active')),
)

export const inSql = sql.raw(`
CREATE FUNCTION "${name}".touch_updated_at() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END
$$;

CREATE TRIGGER profile_touch_updated_at
BEFORE UPDATE ON "${name}".profile
FOR EACH ROW EXECUTE FUNCTION "${name}".touch_updated_at();

COMMENT ON TABLE "${name}".profile IS 'One row per person, whoever invited them.';
COMMENT ON COLUMN "${name}".profile.email IS 'As typed; compared without regard to case.';
COMMENT ON COLUMN "${name}".profile.preferences IS 'What the person has chosen: theme, digest and the like.';
COMMENT ON FUNCTION "${name}".touch_updated_at() IS 'Trigger function: sets updated_at to the time of the transaction.';
COMMENT ON VIEW "${name}".active_profile IS 'Profiles that may sign in.';
`)
