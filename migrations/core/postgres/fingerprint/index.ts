export { compareFingerprints, type FingerprintChange, fingerprintChangesText } from './compare.ts'
export { fingerprintHash } from './hash.ts'
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
