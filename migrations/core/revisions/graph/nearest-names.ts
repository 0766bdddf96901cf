import { distance } from 'fastest-levenshtein'
import type { RevisionSpec } from '../files/spec.ts'

/** What an error needs to name a revision. */
export interface Named {
  readonly id: string
  readonly spec: RevisionSpec
}

const most = 3

/**
 * The names that `name` was perhaps meant to be, as the end of a sentence: `; near: 3f2a9c41b7d0, 3f2a9c55aa01`.
 * A name is compared with as many characters of a candidate as it has itself, since people type prefixes.
 * Empty when nothing is near.
 */
export function nearestNames(name: string, candidates: readonly string[]): string {
  const near = nearest(name, candidates)
  return near.length === 0 ? '' : `; near: ${near.join(', ')}`
}

function nearest(name: string, candidates: readonly string[]): readonly string[] {
  const limit = Math.max(1, Math.floor(name.length / 2))
  return candidates
    .map((candidate) => ({ candidate, apart: distance(name, candidate.slice(0, name.length)) }))
    .filter(({ apart }) => apart <= limit)
    .sort((a, b) => a.apart - b.apart || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, most)
    .map(({ candidate }) => candidate)
}
