import { MigError } from '../../errors.ts'
import type { Decide, Decisions } from '../decisions.ts'
import { inOneRun, type OpenDecisions, partsOf } from './open.ts'

/** How a run asks. */
export interface Asking {
  readonly decide: Decide
  /**
   * Asks what is left at the end, and keeps a run from making anything of answers that nobody gave.
   * @throws MigError `decision-needed`
   */
  readonly settle: (left: MigError | undefined) => void
}

/** What a search may end with where an answer was assumed that a person would not have given. */
const assumedWrongly: ReadonlySet<string> = new Set(['no-statement-order', 'not-a-rename', 'bad-using'])

/**
 * Runs what may ask. Where nobody can be asked, an answer to each question is assumed, so that what is asked after it is
 * found in the same run, and all are one error.
 * @throws MigError `decision-needed` (exit 4)
 */
export async function askingAtOnce<T>(
  person: Decide | undefined,
  body: (asking: Asking) => Promise<T>,
): Promise<T> {
  if (person !== undefined) return body({ decide: person, settle: throwOpen })
  const rounds: MigError[] = []
  const assumed = new Set<string>()
  let isWhole = false
  const decide: Decide = (open) => {
    if (isWhole) return Promise.reject(open)
    rounds.push(open)
    const answers = assumedAnswers(open.facts)
    const fresh = namesOf(answers).filter((name) => !assumed.has(name))
    for (const name of fresh) assumed.add(name)
    return fresh.length === 0 ? Promise.reject(open) : Promise.resolve(answers)
  }
  const settle = (left: MigError | undefined) => {
    isWhole = true
    if (left !== undefined) rounds.push(left)
    throwOpen(rounds[0])
  }
  try {
    return await body({ decide, settle })
  } catch (error) {
    const [first, ...later] = rounds
    if (first === undefined || !(error instanceof MigError)) throw error
    if (!rounds.includes(error) && !assumedWrongly.has(error.code)) throw error
    throw later.length === 0 ? first : inOneRun(partsOf(first), later.flatMap(partsOf), isWhole)
  }
}

function throwOpen(open: MigError | undefined): void {
  if (open !== undefined) throw open
}

/** What lets a run go on to the next question; nothing is made of it. */
function assumedAnswers(open: OpenDecisions): Decisions {
  const { renames = [], casts = [], fills = [], violations = [], columns = [] } = open
  const likeliest = renames.filter((each) => each.likeliest)
  const safe = casts.flatMap(({ column, using }) => (using === undefined ? [] : [[column, using] as const]))
  const recreate = [
    ...casts.flatMap(({ column, using }) => (using === undefined ? [column] : [])),
    ...columns.map(({ column }) => column),
    ...violations.map(({ table }) => table),
  ]
  return {
    renames: { given: Object.fromEntries(likeliest.map(({ from, to }) => [from, to])), others: 'ask' },
    casts: { using: Object.fromEntries(safe), recreate, asked: [...recreate, ...fills] },
  }
}

function namesOf({ renames, casts }: Decisions): readonly string[] {
  return [...Object.keys(renames.given), ...Object.keys(casts.using), ...(casts.asked ?? [])]
}
