import type { ClientBase } from 'pg'

/** An object of the whole database: what counts of it, in a form that two databases can be compared by. */
export interface DatabaseObject {
  readonly kind: string
  readonly name: string
  readonly definition: string
}

/**
 * What stands in no schema and models may declare: extensions, publications, event triggers, foreign data wrappers and
 * servers (PostgreSQL manual, chapter 53). Owners and grants are left out; a publication of all tables does not list them.
 */
export async function databaseObjects(client: ClientBase): Promise<readonly DatabaseObject[]> {
  const { rows } = await client.query<DatabaseObject>(`
    SELECT 'extension' AS kind, e.extname AS name, jsonb_build_object('schema', n.nspname)::text AS definition
      FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
    UNION ALL
    SELECT 'publication', p.pubname, (to_jsonb(p) - '{oid,pubowner}'::text[] || jsonb_build_object(
        'comment', obj_description(p.oid, 'pg_publication'),
        'tables', CASE WHEN NOT p.puballtables THEN (
          SELECT jsonb_agg(to_jsonb(t) - 'attnames' || jsonb_build_object('columns', (
              SELECT jsonb_agg(column_name ORDER BY column_name)
                FROM jsonb_array_elements_text(to_jsonb(t) -> 'attnames') AS column_name))
            ORDER BY t.schemaname, t.tablename)
          FROM pg_catalog.pg_publication_tables t WHERE t.pubname = p.pubname) END))::text
      FROM pg_catalog.pg_publication p
    UNION ALL
    SELECT 'event trigger', t.evtname, (to_jsonb(t) - '{oid,evtowner,evtfoid}'::text[] || jsonb_build_object(
        'comment', obj_description(t.oid, 'pg_event_trigger'), 'schema', n.nspname, 'function', f.proname))::text
      FROM pg_catalog.pg_event_trigger t
      JOIN pg_catalog.pg_proc f ON f.oid = t.evtfoid JOIN pg_catalog.pg_namespace n ON n.oid = f.pronamespace
    UNION ALL
    SELECT 'foreign data wrapper', w.fdwname, jsonb_build_object('options', w.fdwoptions,
        'handler', (SELECT proname FROM pg_catalog.pg_proc WHERE oid = w.fdwhandler),
        'validator', (SELECT proname FROM pg_catalog.pg_proc WHERE oid = w.fdwvalidator),
        'comment', obj_description(w.oid, 'pg_foreign_data_wrapper'))::text
      FROM pg_catalog.pg_foreign_data_wrapper w
    UNION ALL
    SELECT 'server', s.srvname, (to_jsonb(s) - '{oid,srvowner,srvfdw,srvacl}'::text[] || jsonb_build_object(
        'wrapper', w.fdwname, 'comment', obj_description(s.oid, 'pg_foreign_server')))::text
      FROM pg_catalog.pg_foreign_server s JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = s.srvfdw`)
  return rows
}
