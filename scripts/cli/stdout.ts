const write = process.stdout.write.bind(process.stdout)

/** Standard output, for what a command has to say. */
export const stdout: NodeJS.WriteStream = Object.create(process.stdout, { write: { value: write } })

/**
 * Sends what anybody else writes to standard output, as `console.log` of a model or of a revision does, to standard error:
 * a program that reads the output of a command gets the command's own, and nothing between.
 */
export function divertOthers(): void {
  process.stdout.write = process.stderr.write.bind(process.stderr)
}
