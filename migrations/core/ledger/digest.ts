import { createHash } from 'node:crypto'

/**
 * A digest of a set of revisions, in any order: 32 hex digits. A step adds or removes one revision with
 * `toggledDigest`, so that the log tells what is applied without a list of it in each row.
 */
export function digestOf(revisions: Iterable<string>): string {
  let sum = 0n
  for (const revision of new Set(revisions)) sum ^= hashOf(revision)
  return text(sum)
}

/** The digest with a revision added, or removed where it was in the set. */
export function toggledDigest(digest: string, revision: string): string {
  return text(BigInt(`0x${digest}`) ^ hashOf(revision))
}

/** The digest of the revisions that one of two sets has and the other lacks. */
export function combinedDigest(one: string, other: string): string {
  return text(BigInt(`0x${one}`) ^ BigInt(`0x${other}`))
}

const hashes = new Map<string, bigint>()

function hashOf(revision: string): bigint {
  const known = hashes.get(revision)
  if (known !== undefined) return known
  const hash = BigInt(`0x${createHash('sha256').update(revision).digest('hex').slice(0, 32)}`)
  hashes.set(revision, hash)
  return hash
}

const text = (sum: bigint): string => sum.toString(16).padStart(32, '0')
