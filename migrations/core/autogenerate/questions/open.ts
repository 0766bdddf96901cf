import { exitCodes, MigError } from '../../errors.ts'

interface OpenRename {
  readonly kind: string
  readonly from: string
  readonly to: string
  /** Of those that exclude each other, the likeliest. */
  readonly likeliest: boolean
}

interface OpenCast {
  readonly column: string
  readonly error: string
  /** A cast that would do. */
  readonly using?: string
}

/** The facts of `decision-needed`, by the kind of what is open. */
export interface OpenDecisions {
  readonly renames?: readonly OpenRename[]
  readonly casts?: readonly OpenCast[]
  /** Columns that become NOT NULL, as `schema.table.column`. */
  readonly fills?: readonly string[]
  readonly violations?: readonly { readonly table: string; readonly constraint: string }[]
  /** Columns of a composite type whose attributes change their order. */
  readonly columns?: readonly { readonly column: string; readonly type: string }[]
  /** What decides it as it is typed, with `<expression>` for what only a person knows. */
  readonly flags?: readonly string[]
  /** What else can be done about it. */
  readonly otherwise?: string
}

/** Several errors `decision-needed` that are known at the same time. */
class OpenQuestions extends MigError {
  readonly questions: readonly MigError[]

  constructor(questions: readonly MigError[]) {
    const whole = inOneRun(questions)
    super(whole.code, whole.message, whole)
    this.questions = questions
  }
}

/** Questions that are known at the same time, as one error; undefined without any. */
export function atOnce(questions: readonly (MigError | undefined)[]): MigError | undefined {
  const open = questions.flatMap((each) => each ?? [])
  return open.length < 2 ? open[0] : new OpenQuestions(open)
}

/** The questions of an error, one by one. */
export function partsOf(error: MigError): readonly MigError[] {
  return error instanceof OpenQuestions ? error.questions : [error]
}

/**
 * Several questions as one error, with the flags of all.
 * @param later what is asked once the others are answered
 */
export function inOneRun(
  questions: readonly MigError[],
  later: readonly MigError[] = [],
  isWhole = true,
): MigError {
  const all = [...questions, ...later]
  const facts: readonly OpenDecisions[] = all.map((each) => each.facts)
  const flags = withoutAnswered(facts.flatMap((each) => each.flags ?? []))
  const otherwise = [
    ...new Set(facts.flatMap((each) => each.otherwise ?? [])),
    ...(later.length === 0 ? [] : ['other answers may lead to other questions']),
    ...(isWhole ? [] : ['what else is open is asked in the next run']),
  ].join('; ')
  const texts = (some: readonly MigError[]) => some.map(({ message }) => message).join('\n')
  const message = [texts(questions), ...(later.length === 0 ? [] : [texts(later)])].join(
    '\nthen, with the answers below:\n',
  )
  return new MigError('decision-needed', message, {
    exitCode: exitCodes.decisionNeeded,
    help: flags.length === 0 ? otherwise : `answer in one run: ${flags.join(' ')}; ${otherwise}`,
    facts: { ...joinedLists(all.map((each) => each.facts)), flags, otherwise },
  })
}

/** One flag for each name: what rows of the database say of an expression comes after it. */
function withoutAnswered(flags: readonly string[]): readonly string[] {
  return [...new Map(flags.map((flag) => [/^--using [^=]*=/.exec(flag)?.[0] ?? flag, flag])).values()]
}

function joinedLists(
  all: readonly Readonly<Record<string, unknown>>[],
): Readonly<Record<string, readonly unknown[]>> {
  const lists: Record<string, readonly unknown[]> = {}
  for (const [name, list] of all.flatMap((facts) => Object.entries(facts)))
    if (Array.isArray(list)) lists[name] = [...(lists[name] ?? []), ...list]
  return lists
}
