import { distance } from 'fastest-levenshtein'

/**
 * The candidate that `name` was most likely meant to be, for "did you mean". Letter case does not count, a prefix
 * (`pol` for `policy`) does, and letters that changed places (`plna` for `plan`) are one mistake. Undefined when nothing is near: more than a third of the letters differ.
 */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  return nearestFew(name, candidates, 1)[0]
}

/** As `nearest`, but up to `count` candidates, the nearest first. */
export function nearestFew(name: string, candidates: readonly string[], count: number): readonly string[] {
  const wanted = name.toLowerCase()
  return candidates
    .flatMap((candidate, index) => {
      const score = scoreOf(wanted, candidate.toLowerCase())
      return score === undefined ? [] : [{ candidate, index, score }]
    })
    .sort((a, b) => a.score - b.score || a.index - b.index)
    .slice(0, count)
    .map(({ candidate }) => candidate)
}

const mostNames = 3

/**
 * The names of a revision that `name` was perhaps meant to be, as the end of a sentence: `; near: 3f2a9c41b7d0, 3f2a9c55aa01`.
 * A name is compared with as many characters of a candidate as it has itself, since people type prefixes.
 * Empty when nothing is near.
 */
export function nearestNames(name: string, candidates: readonly string[]): string {
  const limit = Math.max(1, Math.floor(name.length / 2))
  const near = candidates
    .map((candidate) => ({ candidate, apart: distance(name, candidate.slice(0, name.length)) }))
    .filter(({ apart }) => apart <= limit)
    .sort((a, b) => a.apart - b.apart || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, mostNames)
    .map(({ candidate }) => candidate)
  return near.length === 0 ? '' : `; near: ${near.join(', ')}`
}

const lettersOf = (name: string): string => [...name].sort().join('')

/** How far apart two names are; undefined when a person would not take one for the other. */
function scoreOf(wanted: string, candidate: string): number | undefined {
  if (wanted === '' || candidate === '') return undefined
  const swapped = lettersOf(wanted) === lettersOf(candidate) ? 1 : Number.POSITIVE_INFINITY
  const apart = Math.min(distance(wanted, candidate), swapped)
  if (apart <= Math.max(1, Math.floor(Math.max(wanted.length, candidate.length) / 3))) return apart
  const isPrefix = wanted.length >= 2 && (candidate.startsWith(wanted) || wanted.startsWith(candidate))
  return isPrefix ? apart : undefined
}
