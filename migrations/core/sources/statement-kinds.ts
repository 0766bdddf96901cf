import { opening } from '../postgres/index.ts'

/**
 * The kind of a statement that acts on the whole server, which a scratch database would share with the live
 * one; undefined for all others.
 */
export function forbidden(sql: string): string | undefined {
  const match =
    /^(create|alter|drop) (role|user|group|database|tablespace|system|subscription)\b/i.exec(opening(sql)) ??
    /^(reassign owned|drop owned|vacuum|checkpoint|cluster)\b/i.exec(opening(sql))
  if (match === null || /^(create|alter|drop) user mapping\b/i.test(opening(sql))) return undefined
  return match[0].toUpperCase()
}

/**
 * Whether a failure means nothing for the wanted state: a schema or an extension that is there already, an owner or a grantee
 * that the scratch server lacks while privileges are not compared, a setting of a newer pg_dump.
 */
export function isBenign(
  sql: string,
  error: Error & { readonly code?: string; readonly routine?: string },
  privileges: boolean,
): boolean {
  const text = opening(sql)
  if (error.code === '42P06') return /^create schema\b/i.test(text)
  if (error.code === '42710' && /^create extension\b/i.test(text)) return true
  if (error.code !== '42704') return false
  if (/^set\b/i.test(text)) return true
  const ofRoles = /\bowner to\b/i.test(text) || /^(grant|revoke|alter default privileges)\b/i.test(text)
  // The message may be in any language; the server's own function that looks a role up is named get_role_oid.
  return !privileges && ofRoles && error.routine === 'get_role_oid'
}

/**
 * Whether a failure says that the server has no such extension to make: feature_not_supported, and undefined_file
 * before PostgreSQL 15.
 */
export function lacksExtension(sql: string, { code }: { readonly code?: string | undefined }): boolean {
  return /^create extension\b/i.test(opening(sql)) && (code === '0A000' || code === '58P01')
}

const first =
  /^(create|alter|drop|comment on|grant|revoke|do|set|reset|security label|refresh|import foreign)\b/i

/** Whether a text begins as a statement does: else it is a name, a message or a part of a query. */
export function isStatement(text: string): boolean {
  return first.test(opening(text))
}
