/**
 * The schemas that SQL of ours trusts: nobody but a superuser makes anything in pg_catalog. Where pg_temp is not named,
 * PostgreSQL looks there first for tables and types (manual, CREATE FUNCTION, "Writing SECURITY DEFINER Functions
 * Safely").
 */
export const ownPath = 'pg_catalog, pg_temp'

/** Makes unqualified names in SQL of ours mean the server's own objects, until something else is set. */
export const setOwnPath = `SET search_path TO ${ownPath}`

/** As `setOwnPath`, until the transaction ends; no warning where the messages of one text are the transaction. */
export const setOwnPathLocal = `SELECT pg_catalog.set_config('search_path', '${ownPath}', true)`

/** On a scratch database: a name without a schema in a statement of a user's means what it means in a revision. */
export const setUserPathLocal = 'SET LOCAL search_path TO public'

/** Statements of a user's inside a transaction on a scratch database; SQL of ours that follows trusts pg_catalog alone. */
export function onUserPath(sql: string): string {
  return `${setUserPathLocal};\n${sql};\n${setOwnPathLocal}`
}
