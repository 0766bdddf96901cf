import { MigError } from '../../migrations/core/index.ts'
import { shortening } from './short-arguments.mjs'

/**
 * A text with its commands as the user has called this one: where that was the package's own program, it says so in
 * JUST_MIG_CALLED, and the recipes have shorter names.
 */
export function asCalled(text: string, variables: NodeJS.ProcessEnv = process.env): string {
  const caller = variables.JUST_MIG_CALLED
  if (caller === undefined) return text
  return text
    .replaceAll('node scripts/launch.mjs', caller)
    .replace(
      /\bjust (?:mig-([a-z][\w-]*)|(db-[a-z]+))/g,
      (_, mig?: string, db?: string) => `${caller} ${mig ?? db}`,
    )
}

/**
 * An error whose texts and facts repeat no more than the beginning of each long argument.
 * @param argv what was typed
 */
export function shortEcho<Thrown>(error: Thrown, argv: readonly string[]): Thrown | MigError {
  const cut = shortening(argv)
  if (!(error instanceof MigError) || cut === undefined) return error
  const { message, help, facts, cause } = error
  return error.with({
    message: cut(message),
    ...(help === undefined ? {} : { help: cut(help) }),
    facts: factsCut(facts, cut),
    cause: shortCause(cause, cut),
  })
}

/** A cause that is what it was but for its message. */
function shortCause(cause: unknown, cut: (text: string) => string): unknown {
  if (!(cause instanceof Error) || cut(cause.message) === cause.message) return cause
  return Object.create(cause, { message: { value: cut(cause.message) } })
}

type Facts = MigError['facts']

function factsCut(facts: Facts, cut: (text: string) => string): Facts {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, cutInside(value, cut)]))
}

function cutInside(value: unknown, cut: (text: string) => string): unknown {
  if (typeof value === 'string') return cut(value)
  if (Array.isArray(value)) return value.map((each) => cutInside(each, cut))
  const isPlain = typeof value === 'object' && value !== null && !(value instanceof Date)
  return isPlain ? factsCut(value as Facts, cut) : value
}
