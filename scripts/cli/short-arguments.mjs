/** An argument of more characters is not repeated whole, and of one that is not so many are. */
const longestEcho = 200
const shownOfLonger = 80

/**
 * Cuts what a text repeats of long arguments, or of long parts of them as in `user@…`, to its beginning.
 * @param {readonly string[]} argv what was typed
 * @returns {((text: string) => string) | undefined} undefined where no argument is long
 */
export function shortening(argv) {
  const long = argv
    .flatMap((word) => (word.length > longestEcho ? [word, ...word.split(/[\s,=:@]/)] : []))
    .filter((part) => part.length > longestEcho)
  if (long.length === 0) return undefined
  // A text may have it as JSON does.
  const forms = new Set(long.flatMap((part) => [part, JSON.stringify(part).slice(1, -1)]))
  return (text) =>
    [...forms].reduce((all, part) => all.replaceAll(part, () => `${part.slice(0, shownOfLonger)}…`), text)
}
