import { MigError } from '../../migrations/core/index.ts'

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

/** An argument of more characters is not repeated whole, and of one that is not so many are. */
const longestEcho = 200
const shownOfLonger = 80

/**
 * An error with no more than the beginning of each long argument, or of a long part of one as in `user@…`, that its
 * texts repeat.
 * @param argv what was typed
 */
export function shortEcho<Thrown>(error: Thrown, argv: readonly string[]): Thrown | MigError {
  const long = argv
    .flatMap((word) => (word.length > longestEcho ? [word, ...word.split(/[\s,=:@]/)] : []))
    .filter((part) => part.length > longestEcho)
  if (!(error instanceof MigError) || long.length === 0) return error
  const cut = (text: string) =>
    long.reduce((all, part) => all.replaceAll(part, `${part.slice(0, shownOfLonger)}…`), text)
  return error.with({
    message: cut(error.message),
    ...(error.help === undefined ? {} : { help: cut(error.help) }),
  })
}
