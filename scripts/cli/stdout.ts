import { MigError } from '../../migrations/core/index.ts'

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

/** What became of what was written to stdout. */
interface StreamFailures {
  /**
   * Waits for what is on its way to stdout.
   * @throws MigError `cannot-write` (exit 2) when some of it was lost, as on a full disk
   */
  readonly check: () => Promise<void>
}

let failure: NodeJS.ErrnoException | undefined
let listening = false

/**
 * Listens for the errors of stdout and stderr, so that none ends the process half way through a run. Whoever closes a
 * pipe (`just mig-history | head`) has read what he wanted: that is not a failure, and the command goes on to its end.
 */
export function streamFailures(): StreamFailures {
  if (!listening) {
    listening = true
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') failure ??= error
    })
    // Nobody is left to tell of it.
    process.stderr.on('error', () => undefined)
  }
  return {
    async check() {
      await new Promise<void>((resolve) => stdout.write('', () => resolve()))
      if (failure === undefined) return
      throw new MigError('cannot-write', `stdout cannot be written to: ${failure.message}`, {
        help: 'the command itself finished, and only its output is lost: see just mig-current; free disk space, or send the output elsewhere',
        cause: failure,
      })
    },
  }
}
