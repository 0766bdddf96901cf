type Write = typeof process.stdout.write

/** What writes to standard output, and what is in its place while others are diverted. */
let own: Write = process.stdout.write
let diverted: Write | undefined

/** Standard output, for what a command has to say. */
export const stdout: NodeJS.WriteStream = Object.create(process.stdout, {
  write: {
    value: (...args: Parameters<Write>) =>
      (process.stdout.write === diverted ? own : process.stdout.write).apply(process.stdout, args),
  },
})

/**
 * Sends what anybody else writes to standard output, as `console.log` of a model or of a revision does, to standard error:
 * a program that reads the output of a command gets the command's own, and nothing between.
 */
export function divertOthers(): void {
  if (process.stdout.write === diverted) return
  own = process.stdout.write
  diverted = process.stderr.write.bind(process.stderr)
  process.stdout.write = diverted
}
