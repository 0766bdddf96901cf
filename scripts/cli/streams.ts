import { MigError } from '../../migrations/core/index.ts'
import { stdout } from './stdout.ts'

/** What became of what was written to stdout. */
export interface StreamFailures {
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
        help: 'the command itself came to its end, and only its output is lost: see just mig-current; make room, or send the output elsewhere',
        cause: failure,
      })
    },
  }
}
