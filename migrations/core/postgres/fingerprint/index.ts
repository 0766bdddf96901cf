/**
 * Our own observer of a database's structure: identity → definition of every object in some schemas, read from
 * PostgreSQL's own catalog functions (`pg_get_constraintdef`, `pg_get_expr`, `format_type` …), 14 to 18.
 *
 * Structure is what a dump would restore. Left out are data (sequence values, whether a materialized view is
 * filled), statistics, physical facts, versions of collations, what stands in no schema (casts, languages,
 * servers, publications, event triggers, roles), members of extensions, and copies that PostgreSQL derives (a
 * row trigger or foreign key on each partition). The order of options never counts, nor does that of columns
 * unless asked for.
 */
export {
  compareFingerprints,
  type FingerprintChange,
  fingerprintChangesText,
  fingerprintHash,
} from './compare.ts'
export { type DatabaseObject, databaseObjects } from './database-wide.ts'
export { catalogDigest } from './digest.ts'
export { fingerprintFollower } from './follow.ts'
export { type FingerprintHashesOptions, readFingerprintHashes } from './hashes.ts'
export { readFingerprint } from './read.ts'
export type {
  Definition,
  DefinitionValue,
  Fingerprint,
  FingerprintObject,
  FingerprintOptions,
  UnknownObject,
} from './types.ts'
