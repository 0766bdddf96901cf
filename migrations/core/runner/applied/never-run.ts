import { combinedDigest, digestOf, type LoggedStep } from '../../ledger/index.ts'

/** What is known of the revisions of one target schema when its log does not fit the files. */
export interface Clues {
  /** The rows and all below them, by the files. */
  readonly implied: ReadonlySet<string>
  /** Applied, by the log. */
  readonly logged: ReadonlySet<string>
  /** The digest of all that was applied after the last step; null in an older log. */
  readonly digest: string | null
  /** The revisions below one, itself left out. */
  readonly below: (revision: string) => readonly string[]
}

/** So many that the log lacks are tried one by one and in pairs; a log that was pruned may lack thousands. */
const mostTried = 400

/**
 * The revisions below a row that never ran: the log does not have them although it is not that its beginning was
 * deleted. The digest of the last step decides; a log of an older version has none, and there one counts that stands
 * on a revision which the log has, since that would have been deleted first.
 */
export function neverRun(clues: Clues): readonly string[] {
  const { implied, logged, digest } = clues
  const lacking = [...implied].filter((id) => !logged.has(id))
  if (lacking.length === 0) return []
  const impliedOnLogged = lacking.filter((id) => clues.below(id).some((need) => logged.has(need)))
  if (digest === null) return impliedOnLogged
  const others = [...logged].filter((id) => !implied.has(id))
  const missing = combinedDigest(digest, digestOf(implied))
  // What was squashed away is in the digest until the next step.
  const wanted = new Set([missing, combinedDigest(missing, digestOf(others))])
  for (const candidate of candidates(lacking, impliedOnLogged)) {
    if (wanted.has(digestOf(candidate))) return candidate
  }
  return impliedOnLogged
}

function* candidates(
  lacking: readonly string[],
  impliedOnLogged: readonly string[],
): Generator<readonly string[]> {
  yield []
  yield lacking
  yield impliedOnLogged
  if (lacking.length > mostTried) return
  for (const one of lacking) yield [one]
  for (const [at, one] of lacking.entries()) for (const other of lacking.slice(at + 1)) yield [one, other]
}

/**
 * What the log says is applied in a target schema: what its last stamp covers, and the steps after that.
 * @param entries as `readLoggedSteps` gives them, of one target schema
 * @param belowHeads all that stands below some heads, themselves included, by the files
 */
export function loggedRevisions(
  entries: readonly LoggedStep[],
  belowHeads: (heads: readonly string[]) => Iterable<string>,
): ReadonlySet<string> {
  const stamp = entries.findLast(({ direction }) => direction === 'stamp')
  const applied = new Set(stamp === undefined ? [] : coveredBy(stamp, belowHeads))
  for (const { direction, revision } of entries) {
    if (direction === 'upgrade') applied.add(revision)
    else if (direction === 'downgrade') applied.delete(revision)
  }
  return applied
}

/** The stamp of an older version names its revision alone. */
function coveredBy(
  { covered, heads, revision }: LoggedStep,
  belowHeads: (heads: readonly string[]) => Iterable<string>,
): Iterable<string> {
  return covered ?? belowHeads(heads ?? revision.split(' ').filter((id) => id !== ''))
}
