import { madeName } from '../postgres/index.ts'
import { regexEscape } from '../regex-escape.ts'
import type { Waiting } from './outside-name.ts'
import { where } from './place.ts'

export interface Failures {
  /** Those that fail for a reason of their own, at least one. */
  readonly causes: readonly Waiting[]
  /** Those that only lack what another one of them would have made. */
  readonly waits: readonly Waiting[]
}

/** What lacks something says that it does not exist: relation, column, object, function, schema. */
const undefinedStates = new Set(['42P01', '42703', '42704', '42883', '3F000'])

/** Whether a failure may be over when another statement has run; a mistake of its own says more. */
export function isUndefined({ code }: Waiting['error']): boolean {
  return undefinedStates.has(code ?? '')
}

/** Tells causes from what only waits for them. Where all wait for each other, each is a cause. */
export function failuresOf(left: readonly Waiting[]): Failures {
  const made = left.flatMap(({ statement }) => {
    const name = madeName(statement.sql)?.split('.').at(-1)
    return name === undefined ? [] : [{ name: wholeName(name), statement }]
  })
  const waits = left.filter(
    ({ statement, error }) =>
      isUndefined(error) &&
      made.some((each) => each.statement !== statement && each.name.test(error.message)),
  )
  return waits.length === left.length
    ? { causes: left, waits: [] }
    : { causes: left.filter((each) => !waits.includes(each)), waits }
}

/** Which statements fail beside the one that is told, a line each, and how many only wait. */
export function besideFailure({ causes, waits }: Failures, told: Waiting['statement']): string {
  const others = causes.filter(({ statement }) => statement !== told)
  const isSingle = causes.length === 1
  return [
    ...(others.length === 0 ? [] : [`${others.length} more ${others.length === 1 ? 'fails' : 'fail'}:`]),
    ...others.slice(0, mostShown).map(({ statement, error }) => `  ${where(statement)}: ${error.message}`),
    ...(others.length > mostShown ? [`  and ${others.length - mostShown} more`] : []),
    ...(waits.length === 0
      ? []
      : [
          `${waits.length} more ${waits.length === 1 ? 'waits' : 'wait'} only for what ${isSingle ? 'this one makes' : 'these make'}`,
        ]),
  ]
    .map((line) => `\n${line}`)
    .join('')
}

const mostShown = 5

/** The name in a server's message, which may be in any language, and not as a part of a longer one. */
function wholeName(name: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}_$])${regexEscape(name)}(?![\\p{L}\\p{N}_$])`, 'u')
}
