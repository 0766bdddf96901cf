import type { ClientBase } from 'pg'

/** Name → what a database and a session of it are, as far as the same statements may leave something else in another one. */
export type DatabaseFacts = Readonly<Record<string, unknown>>

/** Settings that objects and values follow from (manual, chapter 20). */
const settings =
  `server_version_num server_encoding client_encoding search_path default_tablespace temp_tablespaces
  default_table_access_method default_toast_compression default_text_search_config default_transaction_isolation
  session_replication_role row_security check_function_bodies xmloption xmlbinary bytea_output DateStyle IntervalStyle TimeZone
  lc_monetary lc_numeric lc_time extra_float_digits array_nulls standard_conforming_strings backslash_quote
  quote_all_identifiers transform_null_equals createrole_self_grant event_triggers`.split(/\s+/)

/**
 * Reads what a database is, before anything of the project is in it.
 * @param schemas the target schemas; of those that are there, what PostgreSQL does not give by itself
 */
export async function readFacts(client: ClientBase, schemas: readonly string[]): Promise<DatabaseFacts> {
  const { rows } = await client.query<{ facts: DatabaseFacts; settings: DatabaseFacts }>(factsQuery, [
    settings,
    schemas,
  ])
  const [row] = rows
  return { ...row?.facts, ...row?.settings, days: await daysOf(client) }
}

/** The day: where the session is, in UTC, and where this process is. What goes by it is another one on another day. */
export async function daysOf(client: ClientBase): Promise<readonly string[]> {
  const { rows } = await client.query<{ days: string[] }>(
    `SELECT ARRAY[pg_catalog.to_char(pg_catalog.now(), 'YYYY-MM-DD'), pg_catalog.to_char(pg_catalog.now() AT TIME ZONE 'UTC', 'YYYY-MM-DD')] AS days`,
  )
  return [...(rows[0]?.days ?? []), new Date().toDateString()]
}

/** The facts that a run of the revisions changes by itself, of which the rest is still the same. Pure. */
export function extensionsIn({ extensions }: DatabaseFacts): string {
  return JSON.stringify(extensions)
}

/** The names of what is not the same. Pure. */
export function differingFacts(one: DatabaseFacts, other: DatabaseFacts): readonly string[] {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])]
  return names.filter((name) => JSON.stringify(one[name]) !== JSON.stringify(other[name]))
}

const factsQuery = `
  SELECT jsonb_build_object(
    'user', current_user,
    'locale', (SELECT jsonb_build_array(d.encoding, d.datcollate, d.datctype, to_jsonb(d)->'datlocprovider', to_jsonb(d)->'datlocale',
                 to_jsonb(d)->'daticulocale', to_jsonb(d)->'daticurules') FROM pg_catalog.pg_database AS d WHERE d.datname = current_database()),
    'extensions', (SELECT coalesce(jsonb_agg(jsonb_build_array(x.extname, x.extversion, n.nspname) ORDER BY x.extname), '[]')
                     FROM pg_catalog.pg_extension AS x JOIN pg_catalog.pg_namespace AS n ON n.oid = x.extnamespace),
    'schemas', (SELECT coalesce(jsonb_agg(jsonb_build_array(n.nspname, pg_catalog.pg_get_userbyid(n.nspowner), n.nspacl::text) ORDER BY n.nspname), '[]')
                  FROM pg_catalog.pg_namespace AS n WHERE n.nspname::text = ANY ($2)
                   AND (n.nspacl IS NOT NULL OR n.nspowner <> current_user::regrole OR obj_description(n.oid, 'pg_namespace') IS NOT NULL)),
    'default privileges', (SELECT coalesce(jsonb_agg(to_jsonb(a) - 'oid' ORDER BY a.oid), '[]') FROM pg_catalog.pg_default_acl AS a)) AS facts,
    (SELECT jsonb_object_agg(name, pg_catalog.current_setting(name, true)) FROM unnest($1::text[]) AS name) AS settings`

/**
 * What a database has that is neither PostgreSQL's own nor an extension's, as PostgreSQL describes it; at most five.
 * @param own schemas of which nothing counts
 * @param empty schemas that may be there, and have nothing in them
 */
export async function foreignObjects(
  client: ClientBase,
  own: readonly string[],
  empty: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await client.query<{ what: string }>(foreignQuery, [own, empty])
  return rows.map(({ what }) => what)
}

const inSchemas = {
  pg_class: 'relnamespace',
  pg_proc: 'pronamespace',
  pg_type: 'typnamespace',
  pg_operator: 'oprnamespace',
  pg_opclass: 'opcnamespace',
  pg_opfamily: 'opfnamespace',
  pg_collation: 'collnamespace',
  pg_conversion: 'connamespace',
  pg_ts_config: 'cfgnamespace',
  pg_ts_dict: 'dictnamespace',
  pg_ts_parser: 'prsnamespace',
  pg_ts_template: 'tmplnamespace',
  pg_statistic_ext: 'stxnamespace',
}

const ofDatabase =
  `pg_cast pg_language pg_event_trigger pg_publication pg_foreign_data_wrapper pg_foreign_server pg_am
  pg_transform pg_largeobject_metadata`.split(/\s+/)

// PostgreSQL's own objects have oids below 16384 (FirstNormalObjectId, access/transam.h).
const foreignQuery = `
  WITH others AS (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_' AND nspname::text <> ALL ($1)),
  objects AS (
    ${Object.entries(inSchemas)
      .map(
        ([table, column]) =>
          `SELECT '${table}'::regclass AS classid, oid FROM pg_catalog.${table} WHERE oid >= 16384 AND ${column} IN (SELECT oid FROM others)`,
      )
      .join(' UNION ALL ')}
    ${ofDatabase.map((table) => ` UNION ALL SELECT '${table}'::regclass, oid FROM pg_catalog.${table} WHERE oid >= 16384`).join('')}
    UNION ALL SELECT 'pg_namespace'::regclass, n.oid FROM others JOIN pg_catalog.pg_namespace AS n USING (oid)
              WHERE n.oid >= 16384 AND n.nspname::text <> ALL ($2)
    UNION ALL SELECT 'pg_default_acl'::regclass, oid FROM pg_catalog.pg_default_acl
              WHERE defaclnamespace = 0 OR defaclnamespace IN (SELECT oid FROM others))
  SELECT pg_catalog.pg_describe_object(classid, oid, 0) AS what FROM objects AS o
  WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = o.classid AND d.objid = o.oid AND d.deptype IN ('e', 'i'))
  ORDER BY oid LIMIT 5`
